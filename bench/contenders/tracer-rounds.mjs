import { fill, NAMES } from './span-shape.mjs'

/** The kinds of round that every tracer with OpenTelemetry's method names can run. */
export function tracerRounds(tracer) {
  return {
    plain(spans) {
      for (let i = 0; i < spans; i++) {
        const span = tracer.startSpan(NAMES[i & 7])
        fill(span, i)
        span.end()
      }
    },
    active(spans) {
      for (let i = 0; i < spans; i++) {
        tracer.startActiveSpan(NAMES[i & 7], span => {
          fill(span, i)
          span.end()
        })
      }
    },
  }
}
