import assert from 'node:assert/strict'
import { createRequestFrame } from '../../src/otlp/request.ts'
import { Batch, type BatchFrame, Parcel } from '../../src/pipeline/batch.ts'
import { type Control, createControl } from '../../src/pipeline/control.ts'
import { Delivery } from '../../src/pipeline/delivery.ts'
import { Lane } from '../../src/pipeline/lane.ts'
import { COUNTERS, type Counter, exporterStats, Ledger } from '../../src/pipeline/ledger.ts'
import type { ToExportThread } from '../../src/pipeline/messages.ts'
import { RingProducer } from '../../src/pipeline/ring-producer.ts'
import { RingReader } from '../../src/pipeline/ring-reader.ts'
import { ExporterVoice } from '../../src/pipeline/voice.ts'
import type { DeliveryConfig } from '../../src/types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../../src/types/exporter.ts'
import type { ExporterStats } from '../../src/types/tracing.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { varintSize } from '../../src/wire/varint.ts'
import { assertBalanced } from './ledger.ts'

export const KIB = 1_024
export const MIB = 1_048_576

export const POLICY: DeliveryConfig = {
  maxQueueBytes: 64 * MIB,
  maxBatchBytes: 512 * KIB,
  maxBatchDelayMs: 500,
  exportTimeoutMs: 10_000,
  retry: { maxElapsedMs: 120_000, initialDelayMs: 1_000, maxDelayMs: 30_000 },
}

const scope = { name: 'test', version: '1' }
export const FRAME: BatchFrame = { request: createRequestFrame({}, scope), resource: {}, scope }

const SPANS = 0x12
const SPAN_NAME = 0x2a

/** A record as the ring carries it: a span that has nothing but a name, in ASCII. */
export function writeNamedSpan(out: ProtobufWriter, name: string): void {
  out.byte(SPANS)
  out.varint(1 + varintSize(name.length) + name.length)
  out.byte(SPAN_NAME)
  out.string(name)
}

export function namedSpanSize(name: string): number {
  const span = 1 + varintSize(name.length) + name.length
  return 1 + varintSize(span) + span
}

/** Such records end to end. */
export function namedSpans(...names: readonly string[]): Uint8Array<ArrayBuffer> {
  const bound = names.reduce((sum, name) => sum + namedSpanSize(name), 0)
  const bytes = new Uint8Array(bound)
  const out = new ProtobufWriter(byteTarget(bytes.buffer))
  for (const name of names) writeNamedSpan(out, name)
  return bytes
}

export function namesIn(batch: Pick<SpanBatch, 'spans'>): string[] {
  return Array.from(batch.spans(), span => span.name)
}

/** An exporter whose answers the test gives: `next` for all requests from now on, or one at a time from `open`. */
export class ScriptedExporter implements Exporter {
  readonly name: string = 'scripted'
  /** The names in each request, in the order of the requests. */
  readonly requests: string[][] = []
  /** Requests that were left unanswered. */
  readonly open: { readonly names: readonly string[]; readonly signal: AbortSignal; answer(result: unknown): void }[] =
    []
  closed = 0
  private readonly reply: ((names: readonly string[]) => unknown) | undefined

  /** `reply`: answers at once; undefined leaves a request open. */
  constructor(reply?: (names: readonly string[]) => unknown) {
    this.reply = reply
  }

  export(batch: SpanBatch, signal: AbortSignal): ExportResult | Promise<ExportResult> {
    const names = namesIn(batch)
    this.requests.push(names)
    const now = this.reply?.(names)
    if (now !== undefined) return now as ExportResult
    return new Promise(resolve => {
      const answer = (result: unknown): void => {
        assert.deepEqual(namesIn(batch), names, 'the bytes are valid until the answer')
        resolve(result as ExportResult)
      }
      this.open.push({ names, signal, answer })
    })
  }

  /** Answers the oldest open request and lets the lane act on it. */
  async answer(result: ExportResult): Promise<void> {
    this.open.shift()?.answer(result)
    await settled()
  }

  close(): void {
    this.closed++
  }
}

/** When everything that promises had to do has been done. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** Producer and consumer on one thread and on a clock of their own; nothing happens but what the test asks for. */
export class PipelineBench {
  nowMs = 0
  ended = 0
  readonly policy: DeliveryConfig
  readonly exporters: readonly ScriptedExporter[]
  readonly producer: RingProducer
  readonly control: Control
  readonly ledger: Ledger
  /** Messages on their way to the consumer. */
  readonly messages: ToExportThread[] = []
  lanes: readonly Lane[] = []
  delivery!: Delivery
  private reader!: RingReader
  /** Counts that the consumer still gets to before it dies in the middle of its work. */
  countsLeft: number = Number.POSITIVE_INFINITY

  constructor(exporters: readonly ScriptedExporter[], policy: Partial<DeliveryConfig> = {}) {
    this.policy = { ...POLICY, ...policy }
    this.exporters = exporters
    this.control = createControl(exporters.length * COUNTERS.length, true)
    this.ledger = new Ledger(this.control.counters)
    const link = {
      addSegment: (memory: ArrayBufferLike) => this.messages.push(memory),
      retireSegment: (segment: number) => this.messages.push({ kind: 'retire', segment }),
      wake: () => this.messages.push({ kind: 'wake' }),
    }
    this.producer = new RingProducer(this.control, link, this.policy.maxQueueBytes, false)
    this.startConsumer()
  }

  /** A new one, in place of the one there may be. */
  startConsumer(): void {
    this.messages.length = 0
    const reader = new RingReader(this.control, this.producer.memories, () => this.deliverMessages())
    this.reader = reader
    this.lanes = this.exporters.map((exporter, index) => this.createLane(exporter, index))
    const { control, lanes, policy } = this
    this.delivery = new Delivery({ control, reader, lanes, frame: FRAME, policy, nowMs: () => this.nowMs })
  }

  /** The consumer hears of new and retired segments. */
  deliverMessages(): void {
    for (const message of this.messages.splice(0)) {
      if (!('kind' in message)) this.reader.add(message)
      else if (message.kind === 'retire') this.reader.forget(message.segment)
    }
  }

  /** What the pipeline does when the consumer has died. Answers how many spans each exporter lost. */
  replaceConsumer(): number[] {
    const lost = this.exporters.map((_, index) => this.ledger.writeOff(index, 'worker_lost', this.control.takenRecords))
    this.control.addSettledBytes(this.producer.heldBytes)
    this.control.forgetConsumer()
    this.countsLeft = Number.POSITIVE_INFINITY
    this.startConsumer()
    return lost
  }

  /** Ends a span; false if it was dropped. `slack`: by how much the bound exceeds what is written. */
  offer(name: string, slack = 0): boolean {
    this.ended++
    const writer = this.producer.reserve(namedSpanSize(name) + slack)
    if (writer === undefined) return false
    const before = this.producer.records
    writeNamedSpan(writer, name)
    this.producer.commit()
    return this.producer.records > before
  }

  /** Time passes, and the consumer looks at the ring. */
  async pass(ms = 0): Promise<void> {
    this.nowMs += ms
    this.delivery.pass()
    await settled()
  }

  stats(exporter = 0): ExporterStats {
    return exporterStats(this.ledger, exporter, this.producer.dropped, this.producer.waitingRecords)
  }

  /** Throws unless each exporter's counts add up to what has ended. */
  assertBalanced(): void {
    const exporters = Object.fromEntries(this.exporters.map((_, index) => [`exporter ${index}`, this.stats(index)]))
    assertBalanced({ started: this.ended, open: 0, unsampled: 0, ended: this.ended, exporters })
  }

  private createLane(exporter: Exporter, index: number): Lane {
    const voice = new ExporterVoice(
      'scripted',
      () => {},
      () => {},
    )
    return new Lane(Promise.resolve(exporter), this.policy, voice, {
      nowMs: () => this.nowMs,
      count: (counter, amount) => {
        if (this.countsLeft-- <= 0) throw new ConsumerDied()
        this.ledger.add(index, counter, amount)
      },
      onProgress: () => this.delivery.onProgress(),
    })
  }
}

export class ConsumerDied extends Error {}

/** A lane on a clock of its own, and all that it tells. */
export class LaneBench {
  nowMs = 1_000
  readonly counts: Partial<Record<Counter, number>> = {}
  readonly lines: string[] = []
  progress = 0
  /** Batches that are settled, by their first span. */
  readonly settled: string[] = []
  readonly lane: Lane

  constructor(exporter: Exporter | Promise<Exporter>, policy: Partial<DeliveryConfig> = {}) {
    const voice = new ExporterVoice(
      'otlp',
      (level, message) => this.lines.push(`${level} ${message}`),
      () => {},
    )
    this.lane = new Lane(Promise.resolve(exporter), { ...POLICY, ...policy }, voice, {
      nowMs: () => this.nowMs,
      count: (counter, amount) => {
        this.counts[counter] = (this.counts[counter] ?? 0) + amount
      },
      onProgress: () => this.progress++,
    })
  }

  /** What becomes of the spans, without the counters that are 0. */
  get outcome(): Partial<Record<Counter, number>> {
    const { requests: _, failures: __, resent: ___, bytes: ____, ...outcome } = this.counts
    return Object.fromEntries(Object.entries(outcome).filter(([, count]) => count !== 0))
  }

  offer(...names: readonly string[]): void {
    const batch = new Batch(namedSpans(...names), names.length, () => this.settled.push(names[0]!))
    this.lane.expect(names.length)
    this.lane.offer(new Parcel(batch, FRAME))
  }

  async pump(): Promise<void> {
    await settled()
    this.lane.pump()
    await settled()
  }

  async wait(ms: number): Promise<void> {
    this.nowMs += ms
    await this.pump()
  }
}
