import { FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE } from '../otlp/fields.ts'
import { isValidSpanContext } from '../propagation/span-context.ts'
import { createTraceState, formatTraceState } from '../propagation/tracestate.ts'
import type { TraceContext } from '../types/context.ts'
import type { SpanContext, SpanParent } from '../types/span.ts'
import { type Ambient, ambientOf } from './ambient.ts'
import type { ClockAnchor } from './clock.ts'
import { randomWords, wordFromHex, wordToHex } from './ids.ts'

/** What a child takes over from its parent. A recording span is one itself. */
export interface ParentIdentity {
  readonly trace0: number
  readonly trace1: number
  readonly trace2: number
  readonly trace3: number
  readonly span0: number
  readonly span1: number
  /** OTLP flags of a child: the parent's W3C flags, and whether the parent is remote. */
  readonly childFlags: number
  readonly traceState: string
  /** Undefined: the parent is remote, and each child is a local root with an anchor of its own. */
  readonly anchor: ClockAnchor | undefined
}

/** The identity of a span that is known by its context only; undefined where the context is not valid. */
export function identityOf(context: SpanContext | undefined): ParentIdentity | undefined {
  if (context === undefined || !isValidSpanContext(context)) return undefined
  const { traceId, spanId } = context
  return {
    trace0: wordFromHex(traceId, 0),
    trace1: wordFromHex(traceId, 8),
    trace2: wordFromHex(traceId, 16),
    trace3: wordFromHex(traceId, 24),
    span0: wordFromHex(spanId, 0),
    span1: wordFromHex(spanId, 8),
    childFlags: flagsOf(context),
    traceState: traceStateText(context),
    anchor: undefined,
  }
}

/** The identity of a new span: ids from `random` on in `randomWords`, the trace and state of its parent. */
export function newIdentity(random: number, parent: ParentIdentity | undefined, flags: number): ParentIdentity {
  return {
    trace0: parent?.trace0 ?? randomWords[random + 2]!,
    trace1: parent?.trace1 ?? randomWords[random + 3]!,
    trace2: parent?.trace2 ?? randomWords[random + 4]!,
    trace3: parent?.trace3 ?? randomWords[random + 5]!,
    span0: randomWords[random]!,
    span1: randomWords[random + 1]!,
    childFlags: flags,
    traceState: parent?.traceState ?? '',
    anchor: parent?.anchor,
  }
}

/** The context that others see of the span with this identity. */
export function contextOf(identity: ParentIdentity): SpanContext {
  const { trace0, trace1, trace2, trace3, span0, span1, childFlags, traceState } = identity
  const ids = {
    traceId: wordToHex(trace0) + wordToHex(trace1) + wordToHex(trace2) + wordToHex(trace3),
    spanId: wordToHex(span0) + wordToHex(span1),
    traceFlags: childFlags & 0xff,
  }
  return traceState === '' ? ids : { ...ids, traceState: createTraceState(traceState) }
}

/** OTLP flags that describe a context: of a link, or of a child of it. */
export function flagsOf(context: SpanContext): number {
  return (context.traceFlags & 0xff) | FLAG_HAS_IS_REMOTE | (context.isRemote === true ? FLAG_IS_REMOTE : 0)
}

/** The text of a trace state, checked: a foreign one is the caller's code and may answer anything. */
export function traceStateText(context: SpanContext): string {
  return context.traceState === undefined ? '' : formatTraceState(context.traceState)
}

/** What the caller gave as parent: its span context and, of a TraceContext, what surrounds the span. */
export function resolveParent(parent: SpanParent): ResolvedParent {
  try {
    if ('traceId' in parent) return { context: parent, ambient: undefined }
    if (typeof parent.spanContext === 'function') return { context: parent.spanContext(), ambient: undefined }
    const remote = parent as TraceContext
    return { context: remote.spanContext, ambient: ambientOf(remote) }
  } catch {
    return { context: undefined, ambient: undefined }
  }
}

export interface ResolvedParent {
  readonly context: SpanContext | undefined
  readonly ambient: Ambient | undefined
}
