/** What only a process needs that records; load-recording.ts loads it. */
export { resolveConfig } from './config.ts'
export { LiveTracing } from './live-tracing.ts'
export { createRecorder } from './trace/recorder.ts'
export { RecordingSource } from './trace/recording-source.ts'
export { createSampler } from './trace/sampler.ts'
