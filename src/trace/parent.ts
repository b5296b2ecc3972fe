import type { SpanIdentity } from '../otlp/encode-span.ts'
import { FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE } from '../otlp/span-flags.ts'
import { loadOtherHeaders } from '../propagation/load-other-headers.ts'
import { isUndecided, markUndecided, rootDecisionOf, type SamplingDecision } from '../propagation/sampling.ts'
import { isValidSpanContext } from '../propagation/span-context.ts'
import { sharedPart } from '../shared-state.ts'
import type { TraceContext } from '../types/context.ts'
import type { SpanContext, SpanParent } from '../types/span.ts'
import { type Ambient, ambientOf, emptyAmbient } from './ambient.ts'
import type { ClockAnchor } from './clock.ts'
import { randomWords, wordFromHex, wordToHex } from './ids.ts'
import { UNDECIDED } from './trace-flags.ts'

/** What a child takes over from its parent. A recording span is one itself. */
export interface ParentIdentity extends SpanIdentity {
  /** OTLP flags of a child: the parent's W3C flags, and whether the parent is remote; beside them perhaps UNDECIDED. */
  readonly childFlags: number
  /** Undefined: the parent is remote, and each child is a local root with an anchor of its own. */
  readonly anchor: ClockAnchor | undefined
}

/** A span of ours, of whichever copy of the package. */
interface OwnSpan {
  readonly identity: ParentIdentity | undefined
}

/** Of the spans of every copy of the package: they are no instances of one class. */
const prototypes = sharedPart('span prototypes', () => new Set<object>())

export function recogniseSpans(prototype: OwnSpan): void {
  prototypes.add(prototype)
}

export function isOwnSpan(value: object): value is OwnSpan {
  return prototypes.has(Object.getPrototypeOf(value))
}

/** The identity of a span of which only the context is known, as `takeSpanContext` gave it. */
export function identityOf(context: SpanContext | undefined): ParentIdentity | undefined {
  if (context === undefined) return undefined
  const { traceId, spanId } = context
  return {
    trace0: wordFromHex(traceId, 0),
    trace1: wordFromHex(traceId, 8),
    trace2: wordFromHex(traceId, 16),
    trace3: wordFromHex(traceId, 24),
    span0: wordFromHex(spanId, 0),
    span1: wordFromHex(spanId, 8),
    childFlags: flagsOf(context) | (isUndecided(context) ? UNDECIDED : 0),
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
  if ((childFlags & UNDECIDED) !== 0) markUndecided(ids)
  return traceState === '' ? ids : { ...ids, traceState: loadOtherHeaders().createTraceState(traceState) }
}

/** OTLP flags that describe a context: of a link, or of a child of it. */
export function flagsOf(context: SpanContext): number {
  return (context.traceFlags & 0xff) | FLAG_HAS_IS_REMOTE | (context.isRemote === true ? FLAG_IS_REMOTE : 0)
}

/** The text of a trace state, checked: a foreign one is the caller's code and may answer anything, or throw. */
export function traceStateText({ traceState }: SpanContext): string {
  try {
    return traceState === undefined ? '' : loadOtherHeaders().formatTraceState(traceState)
  } catch {
    return ''
  }
}

/**
 * A copy of the span context that a caller gave, or undefined where it names no span. Each field is read once: a getter may
 * throw, or answer differently the next time.
 */
export function takeSpanContext(given: unknown): SpanContext | undefined {
  try {
    const { traceId, spanId, traceFlags, isRemote, traceState } = given as SpanContext
    const context = { traceId, spanId, traceFlags, isRemote: isRemote === true }
    if (!isValidSpanContext(context)) return undefined
    if (isUndecided(given as SpanContext)) markUndecided(context)
    return traceState === undefined ? context : Object.assign(context, { traceState })
  } catch {
    return undefined
  }
}

/** The parts of an extracted context; what cannot be read counts as absent. */
export function takeTraceContext(given: TraceContext): TakenContext & { readonly ambient: Ambient } {
  try {
    const spanContext = takeSpanContext(given.spanContext)
    const decision = spanContext === undefined ? rootDecisionOf(given) : undefined
    return { spanContext, decision, ambient: ambientOf(given) }
  } catch {
    return { spanContext: undefined, decision: undefined, ambient: emptyAmbient() }
  }
}

/** The span context of what a caller gave as parent and, of a TraceContext, what surrounds the span. May throw. */
export function takeParent(parent: SpanParent): TakenContext {
  if ('traceId' in parent) return spanAlone(parent)
  if (typeof parent.spanContext !== 'function') return takeTraceContext(parent as TraceContext)
  return spanAlone(parent.spanContext())
}

function spanAlone(context: SpanContext): TakenContext {
  return { spanContext: takeSpanContext(context), decision: undefined, ambient: undefined }
}

export interface TakenContext {
  readonly spanContext: SpanContext | undefined
  /** Of a context without a span. */
  readonly decision: SamplingDecision | undefined
  readonly ambient: Ambient | undefined
}
