// Times, in a fresh process, what a program pays before its first span. argv: off | on | nothing | opentelemetry
const mark = () => performance.now()

const subjects = {
  off: () => blueprint({ enabled: false }),
  on: () => blueprint({ exporters: { kind: 'otlp', url: REFUSED }, logger: false, exitTimeoutMs: 0 }),
  // What the loader takes for a module that holds nothing.
  nothing: () => imported(() => import('data:text/javascript,')),
  opentelemetry: () => imported(() => import('./contenders/opentelemetry.mjs')),
}
const REFUSED = 'http://127.0.0.1:9/v1/traces'

async function imported(load) {
  const begin = mark()
  await load()
  return { importMs: mark() - begin }
}

async function blueprint(options) {
  const begin = mark()
  const { initTracing } = await import('blueprint-tracing')
  const loaded = mark()
  const { tracer } = initTracing(options)
  const initialised = mark()
  tracer.startSpan('first').end()
  return { importMs: loaded - begin, initMs: initialised - loaded, firstSpanMs: mark() - initialised }
}

console.log(JSON.stringify(await subjects[process.argv[2]]()))
