import { sharedPart } from '../shared-state.ts'
import type { SpanOptions } from '../types/span.ts'
import { NOOP_SPAN, type NonRecordingSpan } from './non-recording-span.ts'
import type { RecordingSpan } from './recording-span.ts'
import { offSource, type SpanSource } from './span-source.ts'

interface SourceState {
  /** Of the present set-up. */
  present: SpanSource | undefined
  /** Stands before every set-up's, for tests. */
  front: SpanSource | undefined
  initialise: () => void
  /** One for each copy of the package. */
  readonly followers: ((source: SpanSource) => void)[]
}

/** Tracing is initialised once: explicitly, or by the first span that is started. */
const state = sharedPart<SourceState>('source', () => ({
  present: undefined,
  front: undefined,
  initialise: () => setSource(offSource([])),
  followers: [],
}))

/**
 * What spans are started with. A variable of this copy's own: reading it is all that a wrapped function costs while tracing is
 * off, and through the shared object it took half as long again.
 */
let source: SpanSource | undefined = state.front ?? state.present
state.followers.push(next => {
  source = next
})

/** Sets what happens at the first started span if nothing has been set up by then; it has to call `setSource`. */
export function onFirstSpan(setUp: () => void): void {
  state.initialise = setUp
}

export function setSource(next: SpanSource): void {
  state.present = next
  tellFollowers(state.front ?? next)
}

/** From now on spans are started with `front`, whatever is set up. */
export function setFrontSource(front: SpanSource): void {
  state.front = front
  tellFollowers(front)
}

/** Of the present set-up, which may not exist yet. */
export function presentSource(): SpanSource | undefined {
  return state.present
}

/** As `presentSource`; what does not exist yet is set up. */
export function setUpSource(): SpanSource {
  if (state.present === undefined) state.initialise()
  return state.present!
}

/** What the next span would be started with; undefined if it would have to be set up. */
export function settledSource(): SpanSource | undefined {
  return source
}

export function currentSource(): SpanSource {
  if (source === undefined) state.initialise()
  return source!
}

export function startSpan(name: string, options?: SpanOptions): RecordingSpan | NonRecordingSpan {
  const current = currentSource()
  return current.creates ? current.start(name, options) : NOOP_SPAN
}

function tellFollowers(next: SpanSource): void {
  for (const follow of state.followers) follow(next)
}
