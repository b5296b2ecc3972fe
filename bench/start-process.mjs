// Times, in a fresh process, what a program pays before its first span. argv: off | on
const mark = () => performance.now()
const begin = mark()
const { initTracing } = await import('blueprint-tracing')
const imported = mark()
const enabled = process.argv[2] === 'on'
const options = { exporters: { kind: 'otlp', url: 'http://127.0.0.1:9/v1/traces' }, logger: false, exitTimeoutMs: 0 }
const { tracer } = initTracing(enabled ? options : { enabled: false })
const initialised = mark()
tracer.startSpan('first').end()
console.log(
  JSON.stringify({ importMs: imported - begin, initMs: initialised - imported, firstSpanMs: mark() - initialised }),
)
