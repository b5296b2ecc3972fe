import { FLAG_HAS_IS_REMOTE } from '../otlp/span-flags.ts'
import type { PropagatorName } from '../types/options.ts'
import { type SpanKind, type SpanOptions, SpanStatusCode } from '../types/span.ts'
import { type Ambient, emptyAmbient } from './ambient.ts'
import { activeContext } from './context.ts'
import { randomWords, takeRandomWords } from './ids.ts'
import { NonRecordingSpan } from './non-recording-span.ts'
import { newIdentity, type ParentIdentity } from './parent.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { RecordingSpan } from './recording-span.ts'
import type { Sampler } from './sampler.ts'
import { type SpanSource, startWithOptions } from './span-source.ts'
import { textOf } from './text-of.ts'
import { RANDOM, SAMPLED, wasSampled } from './trace-flags.ts'

/** Spans that the sampler wants are recorded. */
export class RecordingSource implements SpanSource {
  readonly creates = true
  readonly propagators: readonly PropagatorName[]
  /**
   * Never ended or counted. When a full garbage collection finds no span, V8 forgets what spans look like, and with it all
   * code that it has optimised for them: the next ones took two to three times as long.
   */
  readonly keptSpan: RecordingSpan
  /** The same for spans that are not sampled. */
  readonly keptUnsampled: NonRecordingSpan
  private readonly recorder: Recorder

  constructor(recorder: Recorder, propagators: readonly PropagatorName[]) {
    this.recorder = recorder
    this.propagators = propagators
    const uncounted = createRecorder(recorder.sampler, recorder.limits, recorder.sink)
    this.keptSpan = new RecordingSpan(uncounted, '', 0, takeRandomWords(6), undefined, emptyAmbient())
    const identity = newIdentity(takeRandomWords(6), undefined, RANDOM | FLAG_HAS_IS_REMOTE)
    this.keptUnsampled = new NonRecordingSpan(identity, emptyAmbient())
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
    given: ParentIdentity | undefined,
    ambient: Ambient,
  ): RecordingSpan | NonRecordingSpan {
    const recorder = this.recorder
    const { sampler } = recorder
    const isAdapted = sampler.adaptsAll || (given !== undefined && given.traceState !== '')
    const parent = isAdapted ? sampler.adapt(given) : given
    const random = takeRandomWords(parent === undefined ? 6 : 2)
    if (isSampled(sampler, random, parent)) {
      const span = new RecordingSpan(recorder, name, kind, random, parent, ambient)
      recorder.started++
      return span
    }
    const flags = (parent === undefined ? RANDOM : parent.childFlags & 0xff & ~SAMPLED) | FLAG_HAS_IS_REMOTE
    const span = new NonRecordingSpan(newIdentity(random, parent, flags), ambient)
    recorder.started++
    recorder.unsampled++
    if (given !== undefined) recorder.unsampledChildren++
    return span
  }
}

function isSampled({ decide }: Sampler, random: number, parent: ParentIdentity | undefined): boolean {
  if (parent !== undefined) {
    return decide(wasSampled(parent.childFlags), parent.trace0 ^ parent.trace1 ^ parent.trace2 ^ parent.trace3)
  }
  const word = randomWords[random + 2]! ^ randomWords[random + 3]! ^ randomWords[random + 4]! ^ randomWords[random + 5]!
  return decide(undefined, word)
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
