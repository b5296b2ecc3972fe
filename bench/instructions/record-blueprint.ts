import { fill, NAMES } from '../contenders/span-shape.mjs'
import { createBufferTracer } from '../encoders/recorded.ts'
import { COUNT } from '../encoders/spans.ts'

/** From start to `end()`, with the encoding. */
export function create(): () => void {
  const { tracer, sink } = createBufferTracer()
  return () => {
    sink.rewind()
    for (let i = 0; i < COUNT; i++) {
      const span = tracer.startSpan(NAMES[i & 7]!)
      fill(span, i)
      span.end()
    }
  }
}
