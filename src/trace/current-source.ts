import { sharedPart } from '../shared-state.ts'
import type { SpanOptions } from '../types/span.ts'
import { NOOP_SPAN, type NonRecordingSpan } from './non-recording-span.ts'
import type { RecordingSpan } from './recording-span.ts'
import { offSource, type SpanSource } from './span-source.ts'

interface SourceState {
  source: SpanSource | undefined
  initialise: () => void
}

/** Tracing is initialised once: explicitly, or by the first span that is started. */
const state = sharedPart<SourceState>('source', () => ({
  source: undefined,
  initialise: () => setSource(offSource([])),
}))

/** Sets what happens at the first started span if nothing has been set up by then; it has to call `setSource`. */
export function onFirstSpan(setUp: () => void): void {
  state.initialise = setUp
}

export function setSource(next: SpanSource): void {
  state.source = next
}

/** The present set-up, which may not exist yet. */
export function settledSource(): SpanSource | undefined {
  return state.source
}

export function currentSource(): SpanSource {
  if (state.source === undefined) state.initialise()
  return state.source!
}

export function startSpan(name: string, options?: SpanOptions): RecordingSpan | NonRecordingSpan {
  const current = currentSource()
  return current.creates ? current.start(name, options) : NOOP_SPAN
}
