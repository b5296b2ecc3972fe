import { requestHeadBound } from '../otlp/request.ts'
import type { DeliveryConfig } from '../types/config.ts'
import { Batch, type BatchFrame, Parcel } from './batch.ts'
import { BatchMemory } from './batch-memory.ts'
import { Batcher } from './batcher.ts'
import type { Control } from './control.ts'
import type { Lane } from './lane.ts'
import type { RingReader } from './ring-reader.ts'

/** The longest pause between two looks at the ring; waking a sleeper for every span would cost its producer 11 µs each. */
const PASS_INTERVAL_MS = 50
const URGENT_INTERVAL_MS = 5
/** From here on an exporter that lags gives up batches for those that do not. */
const EVICTION_SHARE = 3 / 4
/** An exporter lags that holds more than this many times what another one holds. */
const LAG_FACTOR = 2

export interface DeliveryParts {
  readonly control: Control
  readonly reader: RingReader
  readonly lanes: readonly Lane[]
  readonly frame: BatchFrame
  readonly policy: DeliveryConfig
  readonly nowMs: () => number
}

/** The consumer: takes records out of the ring, batches them and hands every batch to all lanes. */
export class Delivery {
  private readonly parts: DeliveryParts
  private readonly batcher: Batcher
  private readonly memory: BatchMemory
  private readonly open = new Set<Batch>()
  private readonly waiters = new Set<() => void>()
  private timer: NodeJS.Timeout | undefined
  private openBytes = 0
  private deadlineMs: number | undefined
  private ticket = 0

  constructor(parts: DeliveryParts) {
    this.parts = parts
    this.memory = new BatchMemory(parts.policy.maxBatchBytes, requestHeadBound(parts.frame.request))
    const emit = (bytes: Uint8Array<ArrayBuffer>, count: number): void => this.dispatch(bytes, count)
    this.batcher = new Batcher(this.memory, emit)
  }

  /** Looks at the ring from now on. `keepAlive`: the timer holds the thread's event loop. */
  start(keepAlive: boolean): void {
    this.pass()
    this.schedule(Math.min(PASS_INTERVAL_MS, this.parts.policy.maxBatchDelayMs), keepAlive)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  /** One look: copy out, close the open batch if it is due, send. */
  pass(): void {
    const { control, reader, lanes } = this.parts
    control.wakeUp()
    control.beat()
    const nowMs = this.parts.nowMs()
    reader.read((bytes, start, end) => this.copy(bytes, start, end, nowMs))
    if (this.isDue(nowMs)) this.batcher.seal()
    this.evict()
    for (const lane of lanes) lane.pump(nowMs)
    this.reportDrained()
    control.fallAsleep()
  }

  /** Resolves when everything that has been published by now is settled. */
  async flush(): Promise<void> {
    this.pass()
    this.batcher.seal()
    const batches = new Set(this.open)
    for (const lane of this.parts.lanes) {
      lane.retryNow()
      lane.pump()
    }
    const isDone = (): boolean => [...batches].every(batch => !this.open.has(batch))
    while (!isDone()) await new Promise<void>(resolve => this.waiters.add(resolve))
  }

  /** The process is about to end and waits at most `remainingMs`: sends everything and says when there is no more to do. */
  hurry(remainingMs: number, ticket: number): void {
    this.deadlineMs = this.parts.nowMs() + remainingMs
    this.ticket = ticket
    for (const lane of this.parts.lanes) lane.hurry()
    this.schedule(URGENT_INTERVAL_MS, true)
    this.pass()
  }

  async close(): Promise<void> {
    this.stop()
    await Promise.all(this.parts.lanes.map(lane => lane.close()))
  }

  /** To be called when a lane is done with a request. */
  readonly onProgress = (): void => this.reportDrained()

  private schedule(intervalMs: number, keepAlive: boolean): void {
    clearInterval(this.timer)
    this.timer = setInterval(() => this.pass(), intervalMs)
    if (!keepAlive) this.timer.unref()
  }

  private copy(bytes: Uint8Array, start: number, end: number, nowMs: number): number {
    const records = this.batcher.append(bytes, start, end, nowMs)
    for (const lane of this.parts.lanes) lane.expect(records)
    return records
  }

  /** The age counts from `end()`, which may have been a whole pass before the record was copied. */
  private isDue(nowMs: number): boolean {
    const { oldestMs } = this.batcher
    if (oldestMs === undefined) return false
    if (this.deadlineMs !== undefined) return true
    const { policy, lanes } = this.parts
    const old = nowMs - oldestMs >= policy.maxBatchDelayMs - 2 * PASS_INTERVAL_MS
    return old && lanes.some(lane => lane.isReady(nowMs))
  }

  private dispatch(bytes: Uint8Array<ArrayBuffer>, count: number): void {
    const { lanes, frame } = this.parts
    const batch = new Batch(bytes, count, settled => this.settle(settled))
    this.open.add(batch)
    this.openBytes += bytes.length
    for (const lane of lanes) lane.offer(new Parcel(batch, frame))
    this.evict()
  }

  private settle(batch: Batch): void {
    this.open.delete(batch)
    this.openBytes -= batch.bytes.length
    this.parts.control.addSettledBytes(batch.bytes.length)
    this.memory.giveBack(batch.bytes, batch.reusable)
    for (const waiter of this.waiters) waiter()
    this.waiters.clear()
  }

  /** A dead backend must not starve a healthy one: the lane furthest behind gives up its oldest batches. */
  private evict(): void {
    const { lanes, policy } = this.parts
    while (this.openBytes > policy.maxQueueBytes * EVICTION_SHARE) {
      const furthest = lanes.reduce((a, b) => (b.heldBytes > a.heldBytes ? b : a))
      const leads = (lane: Lane): boolean => lane.heldBytes * LAG_FACTOR < furthest.heldBytes
      if (!lanes.some(leads) || !furthest.evictOldest()) return
    }
  }

  /** Nothing is left, or nothing that could still be sent in time. Once there is a deadline no batch stays open after a pass. */
  private reportDrained(): void {
    const { deadlineMs } = this
    if (deadlineMs === undefined) return
    if (this.parts.lanes.every(lane => lane.isStuckUntil(deadlineMs))) this.parts.control.markDrained(this.ticket)
  }
}
