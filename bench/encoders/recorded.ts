import { readSpans } from '../../src/otlp/read.ts'
import { encodeRequest } from '../../src/otlp/request.ts'
import { createRequestFrame, type RequestFrame } from '../../src/otlp/request-frame.ts'
import { createRecorder, type SpanSink, writeSpan } from '../../src/trace/recorder.ts'
import { RecordingSource } from '../../src/trace/recording-source.ts'
import type { RecordingSpan } from '../../src/trace/recording-span.ts'
import { createSampler } from '../../src/trace/sampler.ts'
import { SourceTracer } from '../../src/trace/tracer.ts'
import type { SpanBatch } from '../../src/types/exporter.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { COUNT, openSpans, type Texts } from './spans.ts'

const LIMITS = {
  attributeCount: 128,
  attributeValueLength: Number.POSITIVE_INFINITY,
  eventCount: 128,
  linkCount: 128,
  attributesPerEvent: 128,
  attributesPerLink: 128,
}
const BUFFER_BYTES = 1024 * 1024

/** Takes records one behind the other, as a segment of the ring does. */
export class BufferSink implements SpanSink {
  readonly largeBytes: number = 128 * 1024
  private readonly writer = new ProtobufWriter(byteTarget(new ArrayBuffer(BUFFER_BYTES)))

  rewind(): void {
    this.writer.position = 0
  }

  reserve(): ProtobufWriter {
    return this.writer
  }

  commit(): void {}

  refuse(): void {
    throw new Error('the buffer is too small')
  }

  get bytes(): Uint8Array {
    return this.writer.bytes.subarray(0, this.writer.position)
  }
}

export interface Recorded {
  readonly frame: RequestFrame
  /** What `end()` does to each span: gives the records. */
  encodeSpans(): Uint8Array
  /** The records as the export thread has them: what every exporter starts from. */
  batchOf(records: Uint8Array): SpanBatch
}

/** Our own tracer, whose spans end in a buffer. */
export function createBufferTracer(): { readonly tracer: SourceTracer; readonly sink: BufferSink } {
  const sink = new BufferSink()
  const recorder = createRecorder(createSampler({ kind: 'always_on' }), LIMITS, sink)
  const source = new RecordingSource(recorder, [])
  return { tracer: new SourceTracer(() => source), sink }
}

/** The spans of the bench as our own tracer holds them just before they end. */
export function record(texts: Texts): Recorded {
  const { tracer, sink } = createBufferTracer()
  const spans = openSpans(tracer, texts) as RecordingSpan[]
  const resource = { 'service.name': 'bench' }
  const scope = { name: 'blueprint-tracing', version: '0.1.0' }
  const frame = createRequestFrame(resource, scope)
  return {
    frame,
    encodeSpans() {
      sink.rewind()
      for (const span of spans) writeSpan(sink, span, span.startLow + 1000, span.startHigh)
      return sink.bytes
    },
    batchOf: bytes => ({
      count: COUNT,
      resource,
      scope,
      bytes,
      request: () => encodeRequest(frame, bytes),
      spans: () => readSpans(bytes),
    }),
  }
}

export function recordedBatch(texts: Texts): SpanBatch {
  const { encodeSpans, batchOf } = record(texts)
  return batchOf(encodeSpans().slice())
}
