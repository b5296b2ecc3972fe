import type { PropagatorName } from '../types/options.ts'
import type { SpanKind, SpanOptions, SpanParent } from '../types/span.ts'
import type { Ambient } from './ambient.ts'
import { activeContext } from './context.ts'
import { takeRandomWords } from './ids.ts'
import { NOOP_SPAN, NonRecordingSpan } from './non-recording-span.ts'
import { identityOf, isOwnSpan, newIdentity, type ParentIdentity, takeParent } from './parent.ts'
import type { RecordingSpan } from './recording-span.ts'
import { decidedRoot, isRootIdentity } from './root.ts'
import { ROOT_FLAGS } from './trace-flags.ts'

/** Starts spans as one set-up of the tracer wants them. */
export interface SpanSource {
  readonly propagators: readonly PropagatorName[]
  /** False: every span is NOOP_SPAN, and nothing needs to be made current. */
  readonly creates: boolean
  start(name: string, options: SpanOptions | undefined): RecordingSpan | NonRecordingSpan
}

/** The source while tracing is off. */
export function offSource(propagators: readonly PropagatorName[]): SpanSource {
  return { propagators, creates: false, start: () => NOOP_SPAN }
}

/**
 * Nothing is recorded, but context propagates: a parent's is passed on as it is, since a span that nobody records must not
 * stand between it and its children; where there is none, a trace is started for those who come after.
 */
export class PropagatingSource implements SpanSource {
  readonly creates = true
  readonly propagators: readonly PropagatorName[]
  started = 0

  constructor(propagators: readonly PropagatorName[]) {
    this.propagators = propagators
  }

  start(_name: string, options: SpanOptions | undefined): NonRecordingSpan {
    this.started++
    const current = activeContext()
    if (options === undefined) return this.create(current.identity, current.ambient)
    return startWithOptions(options, current.identity, current.ambient, (_, parent, ambient) =>
      this.create(parent, ambient),
    )
  }

  private create(parent: ParentIdentity | undefined, ambient: Ambient): NonRecordingSpan {
    if (parent === undefined)
      return new NonRecordingSpan(newIdentity(takeRandomWords(6), undefined, ROOT_FLAGS), ambient)
    if (!isRootIdentity(parent)) return new NonRecordingSpan(parent, ambient)
    return new NonRecordingSpan(newIdentity(takeRandomWords(2), parent, parent.childFlags), ambient)
  }
}

/** Finds kind and parent among the options; options that cannot be read count as none. */
export function startWithOptions<S>(
  options: SpanOptions,
  identity: ParentIdentity | undefined,
  ambient: Ambient,
  create: (kind: SpanKind, parent: ParentIdentity | undefined, ambient: Ambient) => S,
): S {
  const { kind, parent, root } = readOptions(options)
  const validKind = kind === 1 || kind === 2 || kind === 3 || kind === 4 ? kind : 0
  if (root === true || parent === null) return create(validKind, undefined, ambient)
  if (parent === undefined) return create(validKind, identity, ambient)
  const given = readParent(parent)
  return create(validKind, given.identity, given.ambient ?? ambient)
}

/** One of our own spans is a parent as it is; of everything else the context is taken. */
function readParent(parent: SpanParent): { identity?: ParentIdentity | undefined; ambient?: Ambient | undefined } {
  try {
    if (isOwnSpan(parent)) return { identity: parent.identity }
    const { spanContext, decision, ambient } = takeParent(parent)
    return { identity: decision === undefined ? identityOf(spanContext) : decidedRoot(decision), ambient }
  } catch {
    return {}
  }
}

function readOptions(options: SpanOptions): { kind?: unknown; parent?: SpanParent | null | undefined; root?: unknown } {
  try {
    const { kind, parent, root } = options
    return { kind, parent, root }
  } catch {
    return {}
  }
}
