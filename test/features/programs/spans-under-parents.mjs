// Starts a job and two spans in it, in the context of argv[2] if that is a traceparent, and one span of another trace where it
// is 'root'. With argv[3] it shuts tracing down before it ends.
import { extractTraceContext, getTracer, traceJob, withTraceContext } from 'blueprint-tracing'
import { endSpans, startTracing } from './common.mjs'

const [parent, shutdown] = process.argv.slice(2)
const tracing = startTracing()
const job = () => traceJob('job', () => endSpans(2))

if (parent === 'root') getTracer().startSpan('root', { root: true }).end()
if (parent === undefined || parent === 'root') job()
else withTraceContext(extractTraceContext({ traceparent: parent }), job)
if (shutdown !== undefined) await tracing.shutdown()
