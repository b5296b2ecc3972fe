// Starts a span where a set-up from the environment cannot succeed, and tells whether it and tracing are on.
import os from 'node:os'

os.hostname = () => {
  throw new Error('this host has no name')
}
const { getTracing, traceJob } = await import('blueprint-tracing')
const isRecording = traceJob('job', span => span.isRecording())
process.stdout.write(JSON.stringify([isRecording, getTracing().enabled]))
