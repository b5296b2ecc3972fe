import { backoffMs } from '../net/backoff.ts'
import { printableText } from '../net/printable.ts'
import type { DeliveryConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'
import { type AttemptResult, attemptExport, unusableExporter } from './attempt.ts'
import type { Parcel } from './batch.ts'
import type { Counter } from './ledger.ts'
import { messageOf } from './message-of.ts'
import type { ExporterVoice } from './voice.ts'

/** A parcel that finds another one under way is a backlog: while all is calm there is one request at a time. */
const BACKLOG_REQUESTS = 8
const URGENT_REQUESTS = 16
/** Each request holds a second copy of its spans. */
const IN_FLIGHT_SHARE = 1 / 4
/** At exit, a wait that is not the backend's own wish is no longer than this. */
const URGENT_DELAY_MS = 200

export interface LaneHost {
  readonly nowMs: () => number
  readonly count: (counter: Counter, amount: number) => void
  /** Something has been settled, or put back to be tried again. */
  readonly onProgress: () => void
  /** Requests under way whose answers cannot come before the process ends; default none. */
  readonly lateCount?: () => number
}

type Delivered = Extract<AttemptResult, { outcome: 'acked' | 'sent' }>
type Failed = Extract<AttemptResult, { outcome: 'retry' }>

/** Delivers parcels to one exporter, oldest first, and decides what becomes of those that fail. */
export class Lane {
  /** Bytes of the parcels that wait or are under way. */
  heldBytes = 0
  private readonly policy: DeliveryConfig
  private readonly voice: ExporterVoice
  private readonly host: LaneHost
  private readonly loading: Promise<void>
  /** Undefined until it is loaded. */
  private exporter: Exporter | undefined
  private pace: 'normal' | 'urgent' | 'closed' = 'normal'
  private readonly waiting: Parcel[] = []
  private readonly underWay = new Map<Parcel, AbortController>()
  private bytesUnderWay = 0
  /** Failures in a row; requests that were under way together fail together and count once. */
  private failures = 0
  private notBeforeMs = 0

  constructor(exporter: Exporter | Promise<Exporter>, policy: DeliveryConfig, voice: ExporterVoice, host: LaneHost) {
    this.policy = policy
    this.voice = voice
    this.host = host
    this.loading = this.load(exporter)
  }

  /** Whether a parcel offered now would be sent at once. */
  isReady(nowMs: number): boolean {
    return this.waiting.length === 0 && this.hasPlaceFor(0, nowMs)
  }

  /** Whether nothing can be sent before `deadlineMs`. */
  isStuckUntil(deadlineMs: number): boolean {
    if (this.underWay.size > (this.host.lateCount?.() ?? 0)) return false
    const next = this.waiting[0]
    if (next === undefined || this.notBeforeMs > deadlineMs) return true
    return this.underWay.size > 0 && !this.hasPlaceFor(next.bytes.length, deadlineMs)
  }

  /** Records have been copied that will be offered with their batch. */
  expect(records: number): void {
    this.host.count('pending', records)
  }

  offer(parcel: Parcel): void {
    this.heldBytes += parcel.bytes.length
    this.waiting.push(parcel)
  }

  /** Sends what may be sent now. */
  pump(nowMs: number = this.host.nowMs()): void {
    let next = this.waiting[0]
    while (next !== undefined && this.hasPlaceFor(next.bytes.length, nowMs)) {
      this.waiting.shift()
      this.send(next, this.exporter!)
      next = this.waiting[0]
    }
  }

  /** Does not wait any longer before the next attempt. */
  retryNow(): void {
    this.notBeforeMs = 0
  }

  /** The process is about to end: more at once, shorter waits. */
  hurry(): void {
    this.pace = 'urgent'
    this.retryNow()
  }

  /** Gives up the oldest parcel that is not under way. */
  evictOldest(): boolean {
    const parcel = this.waiting.shift()
    if (parcel === undefined) return false
    this.host.count('evicted', parcel.count)
    this.voice.evicted(parcel.count)
    this.finish(parcel)
    return true
  }

  /** Sends nothing more; what is held stays pending. */
  async close(): Promise<void> {
    this.pace = 'closed'
    for (const abort of this.underWay.values()) abort.abort()
    await this.loading
    try {
      await this.exporter?.close?.()
    } catch (error) {
      this.voice.remarked(`could not be closed: ${messageOf(error)}`)
    }
  }

  /** One that is there already can be used before the event loop turns. */
  private async load(exporter: Exporter | Promise<Exporter>): Promise<void> {
    if (exporter instanceof Promise) {
      this.exporter = await exporter.catch(unusableExporter)
      this.pump()
    } else this.exporter = exporter
  }

  private hasPlaceFor(bytes: number, nowMs: number): boolean {
    if (this.exporter === undefined || this.pace === 'closed' || nowMs < this.notBeforeMs) return false
    if (this.underWay.size === 0) return true
    const maxBytes = this.policy.maxQueueBytes * IN_FLIGHT_SHARE
    return this.underWay.size < this.maxRequests && this.bytesUnderWay + bytes <= maxBytes
  }

  private get maxRequests(): number {
    if (this.failures > 0) return 1
    return this.pace === 'urgent' ? URGENT_REQUESTS : BACKLOG_REQUESTS
  }

  private send(parcel: Parcel, exporter: Exporter): void {
    const abort = new AbortController()
    this.underWay.set(parcel, abort)
    this.bytesUnderWay += parcel.bytes.length
    if (parcel.attempts++ === 0) parcel.firstAttemptMs = this.host.nowMs()
    else this.host.count('resent', parcel.count)
    this.host.count('requests', 1)
    this.host.count('bytes', parcel.bytes.length)
    const result = attemptExport(exporter, parcel, this.policy.exportTimeoutMs, abort)
    if (!(result instanceof Promise)) this.complete(parcel, result)
    else void result.then(settled => this.completeLater(parcel, settled))
  }

  private completeLater(parcel: Parcel, result: AttemptResult): void {
    this.complete(parcel, result)
    this.pump()
  }

  private complete(parcel: Parcel, result: AttemptResult): void {
    if (this.underWay.get(parcel)?.signal.aborted) parcel.markAbandoned()
    this.underWay.delete(parcel)
    this.bytesUnderWay -= parcel.bytes.length
    this.settle(parcel, result)
    this.host.onProgress()
  }

  private settle(parcel: Parcel, result: AttemptResult): void {
    if (result.outcome === 'acked' || result.outcome === 'sent') {
      this.succeed(parcel, result)
      return
    }
    this.host.count('failures', 1)
    if (result.outcome === 'retry') this.fail(parcel, result)
    else if (result.outcome === 'too_large') this.halve(parcel, result.message)
    else this.lose(parcel, 'rejected', result.message)
  }

  private succeed(parcel: Parcel, { outcome, rejected, tooLarge, message }: Delivered): void {
    this.failures = 0
    this.voice.succeeded()
    this.host.count(outcome, parcel.count - rejected - tooLarge)
    this.host.count('rejected', rejected)
    this.host.count('too_large', tooLarge)
    if (rejected + tooLarge > 0) this.voice.lost(rejected + tooLarge, message)
    else if (message !== '') this.voice.remarked(message)
    this.finish(parcel)
  }

  private fail(parcel: Parcel, { settled, afterMs, message }: Failed): void {
    if (this.pace === 'closed') return
    const nowMs = this.host.nowMs()
    if (nowMs >= this.notBeforeMs) {
      this.failures++
      this.notBeforeMs = nowMs + this.pauseMs()
    }
    this.notBeforeMs = Math.max(this.notBeforeMs, nowMs + afterMs)
    this.voice.failed(message)
    const rest = this.settleFirst(parcel, settled)
    if (rest === undefined) return
    if (nowMs - rest.firstAttemptMs >= this.policy.retry.maxElapsedMs) this.lose(rest, 'retries_spent', message)
    else this.waiting.unshift(rest)
  }

  private pauseMs(): number {
    const delayMs = backoffMs(this.failures, this.policy.retry)
    return this.pace === 'urgent' ? Math.min(delayMs, URGENT_DELAY_MS) : delayMs
  }

  /** Counts the first spans as sent and gives the parcel of the others, if there are any. */
  private settleFirst(parcel: Parcel, settled: number): Parcel | undefined {
    if (settled === 0) return parcel
    this.host.count('sent', settled)
    if (settled === parcel.count) {
      this.finish(parcel)
      return undefined
    }
    const [first, rest] = parcel.split(settled)
    this.finish(first)
    return rest
  }

  private halve(parcel: Parcel, message: string): void {
    if (parcel.count === 1) this.lose(parcel, 'too_large', `${nameOfOnly(parcel)} is too large: ${message}`)
    else this.waiting.unshift(...parcel.split(Math.ceil(parcel.count / 2)))
  }

  private lose(parcel: Parcel, reason: Counter, message: string): void {
    this.host.count(reason, parcel.count)
    this.voice.lost(parcel.count, message)
    this.finish(parcel)
  }

  private finish(parcel: Parcel): void {
    this.host.count('pending', -parcel.count)
    this.heldBytes -= parcel.bytes.length
    parcel.release()
  }
}

function nameOfOnly(parcel: Parcel): string {
  for (const span of parcel.spans()) return `span "${printableText(span.name, 100)}"`
  return 'a span'
}
