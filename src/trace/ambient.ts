import type { BaggageEntry, TraceContext } from '../types/context.ts'

/** What surrounds spans: it passes from a scope to the spans started in it. */
export interface Ambient {
  readonly baggage: ReadonlyMap<string, BaggageEntry>
  /** Set once: by the context that came in, or when somebody first asked for one. */
  requestId: string | undefined
}

export function ambientOf(context: TraceContext): Ambient {
  return { baggage: context.baggage, requestId: context.requestId }
}
