import { FLAG_HAS_IS_REMOTE } from '../otlp/fields.ts'
import type { PropagatorName } from '../types/options.ts'
import { type SpanKind, type SpanOptions, type SpanParent, SpanStatusCode } from '../types/span.ts'
import { type Ambient, emptyAmbient } from './ambient.ts'
import { activeContext } from './context.ts'
import { randomWords, takeRandomWords } from './ids.ts'
import { NOOP_SPAN, NonRecordingSpan } from './non-recording-span.ts'
import { identityOf, isOwnSpan, newIdentity, type ParentIdentity, takeParent } from './parent.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { RANDOM, RecordingSpan, ROOT_FLAGS, SAMPLED } from './recording-span.ts'
import type { Sampler } from './sampler.ts'
import { textOf } from './text-of.ts'

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

/** Spans that the sampler wants are recorded. */
export class RecordingSource implements SpanSource {
  readonly creates = true
  readonly propagators: readonly PropagatorName[]
  /**
   * Never ended or counted. When a full garbage collection finds no span, V8 forgets what spans look like, and with it all
   * code that it has optimised for them: the next ones took two to three times as long.
   */
  readonly keptSpan: RecordingSpan
  private readonly recorder: Recorder

  constructor(recorder: Recorder, propagators: readonly PropagatorName[]) {
    this.recorder = recorder
    this.propagators = propagators
    const uncounted = createRecorder(recorder.sampler, recorder.limits, recorder.sink)
    this.keptSpan = new RecordingSpan(uncounted, '', 0, takeRandomWords(6), undefined, emptyAmbient())
    // Makes it keep the object for a span's details as well.
    this.keptSpan.setStatus({ code: SpanStatusCode.UNSET })
  }

  start(name: string, options: SpanOptions | undefined): RecordingSpan | NonRecordingSpan {
    const current = activeContext()
    if (options === undefined) return this.create(textOf(name), 0, current.identity, current.ambient)
    const span = startWithOptions(options, current.identity, current.ambient, (kind, parent, ambient) =>
      this.create(textOf(name), kind, parent, ambient),
    )
    if (span instanceof RecordingSpan) applyOptions(span, options)
    return span
  }

  private create(
    name: string,
    kind: SpanKind,
    parent: ParentIdentity | undefined,
    ambient: Ambient,
  ): RecordingSpan | NonRecordingSpan {
    const recorder = this.recorder
    const random = takeRandomWords(parent === undefined ? 6 : 2)
    if (isSampled(recorder.sampler, random, parent)) {
      const span = new RecordingSpan(recorder, name, kind, random, parent, ambient)
      recorder.started++
      return span
    }
    const flags = (parent === undefined ? RANDOM : parent.childFlags & 0xff & ~SAMPLED) | FLAG_HAS_IS_REMOTE
    const span = new NonRecordingSpan(newIdentity(random, parent, flags), ambient)
    recorder.started++
    recorder.unsampled++
    return span
  }
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
    if (parent !== undefined) return new NonRecordingSpan(parent, ambient)
    return new NonRecordingSpan(newIdentity(takeRandomWords(6), undefined, ROOT_FLAGS), ambient)
  }
}

function isSampled(sampler: Sampler, random: number, parent: ParentIdentity | undefined): boolean {
  if (parent !== undefined) {
    return sampler((parent.childFlags & SAMPLED) !== 0, parent.trace0 ^ parent.trace1 ^ parent.trace2 ^ parent.trace3)
  }
  const word = randomWords[random + 2]! ^ randomWords[random + 3]! ^ randomWords[random + 4]! ^ randomWords[random + 5]!
  return sampler(undefined, word)
}

/** Finds kind and parent among the options; options that cannot be read count as none. */
function startWithOptions<S>(
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
    const { spanContext, ambient } = takeParent(parent)
    return { identity: identityOf(spanContext), ambient }
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

function applyOptions(span: RecordingSpan, options: SpanOptions): void {
  try {
    const { startTime, attributes, links } = options
    if (startTime !== undefined) span.startAt(startTime)
    if (attributes !== undefined) span.setAttributes(attributes)
    if (links !== undefined) span.addLinks(links)
  } catch {
    // Options that throw when read leave the span as it is.
  }
}
