import { fill, NAMES } from '../contenders/span-shape.mjs'

/** As many as fill a request of OpenTelemetry's batch processor. */
export const COUNT = 500

/** `new`: no value of an attribute comes twice, which caches of texts cannot help with. Names stay those of eight call sites. */
export type Texts = 'repeated' | 'new'

interface Span {
  setAttribute(key: string, value: unknown): unknown
}

/** Open spans of the shape that the whole bench uses, from any tracer with OpenTelemetry's method names. */
export function openSpans<S extends Span>(tracer: { startSpan(name: string): S }, texts: Texts): S[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const span = tracer.startSpan(NAMES[i & 7]!)
    fill(texts === 'new' ? renewing(span, i) : span, i)
    return span
  })
}

/** Takes attributes for `span`, and makes a text of each that is the `i`th span's alone. */
function renewing(span: Span, i: number): Span {
  return { setAttribute: (key, value) => span.setAttribute(key, typeof value === 'string' ? `${value}_${i}` : value) }
}
