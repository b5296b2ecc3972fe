import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { fill, NAMES } from '../contenders/span-shape.mjs'
import { COUNT } from '../encoders/spans.ts'

/** From start to `end()`, without a processor and so without the encoding. */
export function create(): () => void {
  const tracer = new BasicTracerProvider().getTracer('bench')
  return () => {
    for (let i = 0; i < COUNT; i++) {
      const span = tracer.startSpan(NAMES[i & 7]!)
      fill(span, i)
      span.end()
    }
  }
}
