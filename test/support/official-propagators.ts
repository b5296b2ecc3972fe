import { CloudPropagator } from '@google-cloud/opentelemetry-cloud-trace-propagator'
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3'
import { JaegerPropagator } from '@opentelemetry/propagator-jaeger'
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  trace,
} from 'otel-api-1.9'
import type { PropagatorName } from '../../src/types/options.ts'
import type { SpanContext } from '../../src/types/span.ts'

export type OfficialName = Extract<PropagatorName, 'b3' | 'b3multi' | 'jaeger' | 'gcp_trace'>

/** What OpenTelemetry JS and Google publish for the same formats: they agree with ours on what is usual, not on every edge. */
const PROPAGATORS: Readonly<Record<OfficialName, () => TextMapPropagator>> = {
  b3: () => new B3Propagator(),
  b3multi: () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
  jaeger: () => new JaegerPropagator(),
  gcp_trace: () => new CloudPropagator(),
}

export type Ids = Pick<SpanContext, 'traceId' | 'spanId' | 'traceFlags'>

export function officialHeaders(
  name: OfficialName,
  span: SpanContext,
  baggage: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers: Record<string, string> = {}
  const { traceId, spanId, traceFlags } = span
  const entries = Object.fromEntries(Object.entries(baggage).map(([key, value]) => [key, { value }]))
  const context = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(entries))
  PROPAGATORS[name]().inject(
    trace.setSpanContext(context, { traceId, spanId, traceFlags }),
    headers,
    defaultTextMapSetter,
  )
  return headers
}

export function officiallyRead(name: OfficialName, headers: object): Ids | undefined {
  const span = trace.getSpanContext(officialContext(name, headers))
  return span && { traceId: span.traceId, spanId: span.spanId, traceFlags: span.traceFlags }
}

export function officialBaggage(name: OfficialName, headers: object): Record<string, string> {
  const entries = propagation.getBaggage(officialContext(name, headers))?.getAllEntries() ?? []
  return Object.fromEntries(entries.map(([key, { value }]) => [key, value]))
}

function officialContext(name: OfficialName, headers: object): Context {
  return PROPAGATORS[name]().extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
}
