import { NAMES, nothing, tag, tagTen } from './span-shape.mjs'

/** What is no part of recording spans and sending them is off. */
Object.assign(process.env, {
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
  DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  DD_TRACE_STARTUP_LOGS: 'false',
})
const { default: tracer } = await import('dd-trace')

/** It knows no path of an agent: the sink tells it by that of its requests. */
export function create(url) {
  tracer.init({ url: new URL(url).origin, service: 'bench', plugins: false })
  return {
    rounds: {
      'plain-0': plain(nothing),
      plain: plain(tag),
      'plain-10': plain(tagTen),
      'active-0': active(nothing),
      active: active(tag),
      'active-10': active(tagTen),
      child(spans) {
        const childOf = tracer.startSpan('job')
        plain(tag, { childOf })(spans - 1)
        childOf.finish()
      },
    },
    // There is no public way to wait for what is on its way to the agent.
    flush: () => new Promise(resolve => tracer._tracer._exporter.flush(resolve)),
  }
}

function plain(attributes, options) {
  return spans => {
    for (let i = 0; i < spans; i++) {
      const span = tracer.startSpan(NAMES[i & 7], options)
      attributes(span, i)
      span.finish()
    }
  }
}

function active(attributes) {
  return spans => {
    for (let i = 0; i < spans; i++) tracer.trace(NAMES[i & 7], span => attributes(span, i))
  }
}
