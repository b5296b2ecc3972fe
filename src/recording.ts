/** What only a process needs that records, and what else of it the rarer entries use; load-recording.ts loads it. */
export { planResource } from './config/resource.ts'
export { resolveConfig } from './config.ts'
export { LiveTracing } from './live-tracing.ts'
export { finishAtExit } from './pipeline/exit.ts'
export { createRecorder } from './trace/recorder.ts'
export { RecordingSource } from './trace/recording-source.ts'
export { createSampler } from './trace/sampler.ts'
export { byteTarget, ProtobufWriter } from './wire/protobuf-writer.ts'
