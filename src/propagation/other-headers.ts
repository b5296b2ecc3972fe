/** What few carriers have beside traceparent and a request id, a part that is loaded for those; load-other-headers.ts loads it. */
import type { PropagatorName } from '../types/options.ts'
import { B3, B3_MULTI } from './b3.ts'
import { CLOUD_TRACE } from './cloud-trace.ts'
import { JAEGER } from './jaeger.ts'
import type { TraceFormat } from './trace-format.ts'

export { formatBaggage, parseBaggage, toBaggageEntry } from './baggage.ts'
export { readUberBaggage, writeUberBaggage } from './jaeger.ts'
export { createTraceState, formatTraceState, parseTraceState } from './tracestate.ts'

/** Of the propagators that carry a trace, all but W3C's. */
export const OTHER_FORMATS: Readonly<Partial<Record<PropagatorName, TraceFormat>>> = {
  b3: B3,
  b3multi: B3_MULTI,
  jaeger: JAEGER,
  gcp_trace: CLOUD_TRACE,
}
