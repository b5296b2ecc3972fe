import { loadRecording } from '../load-recording.ts'
import { loadLocalExport } from '../pipeline/load-local-export.ts'
import type { NonRecordingSpan } from '../trace/non-recording-span.ts'
import type { Recorder, SpanSink } from '../trace/recorder.ts'
import type { RecordingSource } from '../trace/recording-source.ts'
import type { RecordingSpan } from '../trace/recording-span.ts'
import type { SpanSource } from '../trace/span-source.ts'
import { SourceTracer } from '../trace/tracer.ts'
import type { SpanView } from '../types/exporter.ts'
import type { PropagatorName } from '../types/options.ts'
import type { Span, SpanOptions } from '../types/span.ts'
import type { TestTracing } from '../types/testing.ts'
import type { FlushResult, Stats, Tracing } from '../types/tracing.ts'
import type { ProtobufWriter } from '../wire/protobuf-writer.ts'
import { spanTree } from './span-tree.ts'

const EXPORTER = 'test'

/** One test's set-up: the defaults whatever the environment says, and its own spans in memory. */
export class TestRecording implements SpanSource {
  readonly creates = true
  readonly recorder: Recorder
  /** What the test sees. */
  readonly view: TestTracing
  /** What the code under test gets of `initTracing` and `getTracing`. */
  readonly tracing: Tracing
  private readonly sink = new MemorySink()
  private readonly source: RecordingSource
  private readonly onStart: (recording: TestRecording, span: Span) => void

  constructor(onStart: (recording: TestRecording, span: Span) => void) {
    this.onStart = onStart
    const { createRecorder, createSampler, RecordingSource, resolveConfig } = loadRecording()
    const { sampler, limits, propagators } = resolveConfig({ enabled: false }, {})
    this.recorder = createRecorder(createSampler(sampler), limits, this.sink)
    this.source = new RecordingSource(this.recorder, propagators)
    const { spans } = this.sink
    this.view = { spans, tree: () => spanTree(spans), flush: () => Promise.resolve() }
    this.tracing = this.createTracing()
  }

  get propagators(): readonly PropagatorName[] {
    return this.source.propagators
  }

  start(name: string, options: SpanOptions | undefined): RecordingSpan | NonRecordingSpan {
    const span = this.source.start(name, options)
    this.onStart(this, span)
    return span
  }

  /** Nothing is pending here, and a shutdown by the code under test must not end the test's recording. */
  private createTracing(): Tracing {
    const settled = (): Promise<FlushResult> => Promise.resolve({ ok: true, pending: 0 })
    return {
      enabled: true,
      propagating: true,
      exporters: [EXPORTER],
      tracer: new SourceTracer(() => this),
      stats: () => this.stats(),
      flush: settled,
      shutdown: settled,
    }
  }

  private stats(): Stats {
    const { started, unsampled, ended, open } = this.recorder
    const { spans, bytes, refused } = this.sink
    const none = { sent: 0, rejected: 0, pending: 0, requests: 0, failures: 0, resent: 0 }
    const noDrops = { queue_full: 0, retries_spent: 0, evicted: 0, worker_lost: 0, closed: 0, exit_timeout: 0 }
    const test = { ...none, acked: spans.length, bytes, dropped: { ...noDrops, too_large: refused } }
    return { started, open: open.count, unsampled, ended, exporters: { [EXPORTER]: test } }
  }
}

/** Decodes each span as it ends. */
class MemorySink implements SpanSink {
  readonly largeBytes: number = 128 * 1024
  readonly spans: SpanView[] = []
  bytes = 0
  refused = 0
  private writer = writerOf(0)

  reserve(bound: number): ProtobufWriter {
    this.writer = writerOf(bound)
    return this.writer
  }

  commit(): void {
    const { bytes, position } = this.writer
    this.spans.push(...loadLocalExport().readSpans(bytes.subarray(0, position)))
    this.bytes += position
  }

  refuse(): void {
    this.refused++
  }
}

function writerOf(bytes: number): ProtobufWriter {
  const { byteTarget, ProtobufWriter } = loadRecording()
  return new ProtobufWriter(byteTarget(new ArrayBuffer(bytes)))
}
