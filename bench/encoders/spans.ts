import { fill, NAMES } from '../contenders/span-shape.mjs'

/** As many as fill a request of OpenTelemetry's batch processor. */
export const COUNT = 500

interface Span {
  setAttribute(key: string, value: unknown): unknown
}

/** Open spans of the shape that the whole bench uses, from any tracer with OpenTelemetry's method names. */
export function openSpans<S extends Span>(tracer: { startSpan(name: string): S }): S[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const span = tracer.startSpan(NAMES[i & 7]!)
    fill(span, i)
    return span
  })
}
