import { fill, fillTen, NAMES, nothing } from './span-shape.mjs'

/** The kinds of round that every tracer with OpenTelemetry's method names can run. */
export function tracerRounds(tracer) {
  return {
    'plain-0': plain(tracer, nothing),
    plain: plain(tracer, fill),
    'plain-10': plain(tracer, fillTen),
    'active-0': active(tracer, nothing),
    active: active(tracer, fill),
    'active-10': active(tracer, fillTen),
    /** The parent is one more span of the round. */
    child(spans) {
      tracer.startActiveSpan('job', parent => {
        plain(tracer, fill)(spans - 1)
        parent.end()
      })
    },
  }
}

function plain(tracer, attributes) {
  return spans => {
    for (let i = 0; i < spans; i++) {
      const span = tracer.startSpan(NAMES[i & 7])
      attributes(span, i)
      span.end()
    }
  }
}

function active(tracer, attributes) {
  return spans => {
    for (let i = 0; i < spans; i++) {
      tracer.startActiveSpan(NAMES[i & 7], span => {
        attributes(span, i)
        span.end()
      })
    }
  }
}
