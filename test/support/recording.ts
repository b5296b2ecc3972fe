import assert from 'node:assert/strict'
import { readSpans } from '../../src/otlp/read.ts'
import { createRecorder, type Recorder, type SpanSink } from '../../src/trace/recorder.ts'
import { RecordingSource } from '../../src/trace/recording-source.ts'
import { createSampler } from '../../src/trace/sampler.ts'
import { createRedaction } from '../../src/trace/span-redaction.ts'
import { SourceTracer } from '../../src/trace/tracer.ts'
import type { SpanView } from '../../src/types/exporter.ts'
import type { PropagatorName, SamplerOptions, SpanLimits } from '../../src/types/options.ts'
import type { RedactOptions } from '../../src/types/redact.ts'
import type { Span, SpanOptions, Tracer } from '../../src/types/span.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'

export const DEFAULT_LIMITS: SpanLimits = {
  attributeCount: 128,
  attributeValueLength: Number.POSITIVE_INFINITY,
  eventCount: 128,
  linkCount: 128,
  attributesPerEvent: 128,
  attributesPerLink: 128,
}

const CANARY = 0xa5
const CANARY_BYTES = 64

/** Keeps every record and holds the encoder to the bound that it asked room for. */
export class MemorySink implements SpanSink {
  readonly largeBytes: number
  readonly records: Uint8Array[] = []
  readonly bounds: number[] = []
  refused = 0
  private writer = new ProtobufWriter(byteTarget(new ArrayBuffer(0)))

  constructor(largeBytes: number = 128 * 1024) {
    this.largeBytes = largeBytes
  }

  reserve(bound: number): ProtobufWriter {
    this.bounds.push(bound)
    this.writer = new ProtobufWriter(byteTarget(new ArrayBuffer(bound + CANARY_BYTES)))
    this.writer.bytes.fill(CANARY, bound)
    return this.writer
  }

  commit(): void {
    const bound = this.bounds.at(-1)!
    const { bytes, position } = this.writer
    assert.ok(position <= bound, `a record of ${position} bytes in a bound of ${bound}`)
    assert.ok(bytes.subarray(bound).every(byte => byte === CANARY))
    this.records.push(bytes.slice(0, position))
  }

  refuse(): void {
    this.refused++
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.records)
  }
}

export interface RecordingOptions {
  readonly limits?: Partial<SpanLimits>
  readonly sampler?: SamplerOptions
  readonly propagators?: readonly PropagatorName[]
  readonly redact?: RedactOptions
  readonly sink?: SpanSink
}

export interface Recording {
  readonly tracer: Tracer
  readonly source: RecordingSource
  readonly recorder: Recorder
  readonly sink: MemorySink
  /** The ended spans in the order of their ends. */
  spans(): SpanView[]
}

/** A tracer without pipeline, whose spans stay in memory. */
export function createRecording(options: RecordingOptions = {}): Recording {
  const {
    redact,
    sampler = { kind: 'parentbased_always_on' },
    propagators = ['tracecontext', 'baggage', 'request-id'],
  } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const sink = new MemorySink()
  const redaction = redact && createRedaction(redact, limits.attributeValueLength)
  const recorder = createRecorder(createSampler(sampler), limits, options.sink ?? sink, redaction)
  const source = new RecordingSource(recorder, propagators)
  const tracer = new SourceTracer(() => source)
  return { tracer, source, recorder, sink, spans: () => [...readSpans(sink.bytes)] }
}

/** Starts one span, lets `fill` act on it, ends it and gives what was encoded. */
export function recordSpan(
  fill: (span: Span) => void,
  { name = 'span', options, ...rest }: RecordingOptions & { name?: string; options?: SpanOptions } = {},
): SpanView {
  const recording = createRecording(rest)
  const span = recording.tracer.startSpan(name, options)
  fill(span)
  span.end()
  assert.deepEqual([recording.sink.refused, recording.recorder.ended], [0, 1])
  return recording.spans()[0]!
}
