import type { BaggageEntry, TraceContext } from '../types/context.ts'

/** What surrounds spans: it passes from a scope to the spans started in it. */
export interface Ambient {
  readonly baggage: ReadonlyMap<string, BaggageEntry>
  /** Set once: by the context that came in, or when somebody first asked for one. */
  requestId: string | undefined
}

export function emptyAmbient(): Ambient {
  return { baggage: NO_BAGGAGE, requestId: undefined }
}

/** Takes over what is usable of a context, which a caller may have put together by hand. */
export function ambientOf(context: TraceContext): Ambient {
  const { baggage, requestId } = context
  return {
    baggage: baggage instanceof Map ? baggage : NO_BAGGAGE,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  }
}

/** Has other baggage than what surrounds it; a request id that is made in one of the two holds in both. */
export class BaggageAmbient implements Ambient {
  readonly baggage: ReadonlyMap<string, BaggageEntry>
  private readonly outer: Ambient

  constructor(outer: Ambient, baggage: ReadonlyMap<string, BaggageEntry>) {
    this.outer = outer
    this.baggage = baggage
  }

  get requestId(): string | undefined {
    return this.outer.requestId
  }

  set requestId(requestId: string | undefined) {
    this.outer.requestId = requestId
  }
}

const NO_BAGGAGE: ReadonlyMap<string, BaggageEntry> = new Map()
