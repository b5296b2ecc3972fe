import { Batch, Parcel } from '../../src/pipeline/batch.ts'
import { Lane } from '../../src/pipeline/lane.ts'
import type { Counter } from '../../src/pipeline/ledger.ts'
import { ExporterVoice } from '../../src/pipeline/voice.ts'
import type { DeliveryConfig } from '../../src/types/config.ts'
import type { Exporter } from '../../src/types/exporter.ts'
import { FRAME, POLICY } from './delivery-settings.ts'
import { namedSpans } from './named-spans.ts'
import { settled } from './scripted-exporter.ts'

/** A lane on a clock of its own, and all that it tells. */
export class LaneHarness {
  nowMs = 1_000
  readonly counts: Partial<Record<Counter, number>> = {}
  readonly lines: string[] = []
  progress = 0
  /** Batches that are settled, by their first span. */
  readonly settled: string[] = []
  readonly lane: Lane

  /** An exporter counts as one that has to be loaded, unless it is `ready`. */
  constructor(
    exporter: Exporter | Promise<Exporter>,
    policy: Partial<DeliveryConfig> = {},
    { ready = false, lateCount = () => 0 }: { ready?: boolean; lateCount?: () => number } = {},
  ) {
    const voice = new ExporterVoice(
      'otlp',
      (level, message) => this.lines.push(`${level} ${message}`),
      () => {},
    )
    this.lane = new Lane(ready ? exporter : Promise.resolve(exporter), { ...POLICY, ...policy }, voice, {
      nowMs: () => this.nowMs,
      count: (counter, amount) => {
        this.counts[counter] = (this.counts[counter] ?? 0) + amount
      },
      onProgress: () => this.progress++,
      lateCount,
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
