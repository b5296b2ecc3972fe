import type { SpanView } from '../types/exporter.ts'

/** A span in its place. Depth 0 are the spans whose parent is not among those given. */
export interface PlacedSpan {
  readonly span: SpanView
  readonly depth: number
  /** Whether no sibling follows. */
  readonly last: boolean
}

/**
 * The spans in the order in which a tree shows them: trace by trace, parents before their children, siblings by start
 * time and then by name. Takes chains of any depth. A span that is its own ancestor shows at depth 0.
 */
export function* placeSpans(spans: Iterable<SpanView>): Generator<PlacedSpan, undefined> {
  const sorted = [...spans].sort(byStartThenName)
  for (const trace of groupBy(sorted, span => span.traceId).values()) yield* placeTrace(trace)
}

function* placeTrace(spans: readonly SpanView[]): Generator<PlacedSpan, undefined> {
  const ids = new Set(spans.map(span => span.spanId))
  const childrenOf = groupBy(spans, ({ parentSpanId }) => (ids.has(parentSpanId ?? '') ? parentSpanId : undefined))
  // The roots go first; what is left after them hangs on itself.
  for (const parentId of [undefined, ...ids]) yield* placeBelow(takeChildren(childrenOf, parentId), childrenOf)
}

function* placeBelow(
  roots: readonly SpanView[],
  childrenOf: Map<string | undefined, SpanView[]>,
): Generator<PlacedSpan, undefined> {
  const open = stacked(roots, 0)
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    yield place
    for (const child of stacked(takeChildren(childrenOf, place.span.spanId), place.depth + 1)) open.push(child)
  }
}

/** Siblings as a stack, so that the first one is popped first. */
function stacked(siblings: readonly SpanView[], depth: number): PlacedSpan[] {
  return siblings.map((span, i) => ({ span, depth, last: i === siblings.length - 1 })).reverse()
}

/** Each list is given out once, so that two spans of one id do not share their children. */
function takeChildren(childrenOf: Map<string | undefined, SpanView[]>, parentId: string | undefined): SpanView[] {
  const children = childrenOf.get(parentId) ?? []
  childrenOf.delete(parentId)
  return children
}

function groupBy<K>(spans: Iterable<SpanView>, keyOf: (span: SpanView) => K): Map<K, SpanView[]> {
  const groups = new Map<K, SpanView[]>()
  for (const span of spans) {
    const key = keyOf(span)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [span])
    else group.push(span)
  }
  return groups
}

function byStartThenName(a: SpanView, b: SpanView): number {
  if (a.startTimeUnixNano !== b.startTimeUnixNano) return a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  return 0
}
