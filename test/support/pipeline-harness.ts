import { type Control, createControl } from '../../src/pipeline/control.ts'
import { Delivery } from '../../src/pipeline/delivery.ts'
import { Lane } from '../../src/pipeline/lane.ts'
import { COUNTERS, exporterStats, Ledger } from '../../src/pipeline/ledger.ts'
import type { ToExportThread } from '../../src/pipeline/messages.ts'
import { RingProducer } from '../../src/pipeline/ring-producer.ts'
import { RingReader } from '../../src/pipeline/ring-reader.ts'
import { ExporterVoice } from '../../src/pipeline/voice.ts'
import type { DeliveryConfig } from '../../src/types/config.ts'
import type { Exporter } from '../../src/types/exporter.ts'
import type { ExporterStats } from '../../src/types/tracing.ts'
import { FRAME, POLICY } from './delivery-settings.ts'
import { assertBalanced } from './ledger.ts'
import { namedSpanSize, writeNamedSpan } from './named-spans.ts'
import { type ScriptedExporter, settled } from './scripted-exporter.ts'

/** Producer and consumer on one thread and on a clock of their own; nothing happens but what the test asks for. */
export class PipelineHarness {
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
