import type { DeliveryConfig } from '../types/config.ts'
import type { Exporter, ExportResult } from '../types/exporter.ts'
import { backoffMs } from './backoff.ts'
import type { Parcel } from './batch.ts'
import type { Counter } from './ledger.ts'
import type { ExporterVoice } from './voice.ts'

/** One request at a time while calm; a backlog or the process's exit is worth more. */
const BACKLOG_PARCELS = 2
const BACKLOG_REQUESTS = 8
const URGENT_REQUESTS = 16
/** At exit, a wait that is not the backend's own wish is no longer than this. */
const URGENT_DELAY_MS = 200

export interface LaneHost {
  readonly nowMs: () => number
  readonly count: (counter: Counter, amount: number) => void
  /** Something has been settled. */
  readonly onProgress: () => void
}

/** Delivers parcels to one exporter, in order, and decides what becomes of those that fail. */
export class Lane {
  /** Bytes of the parcels that wait or are under way. */
  heldBytes = 0
  private readonly loading: Promise<Exporter>
  private exporter: Exporter | undefined
  private readonly policy: DeliveryConfig
  private readonly voice: ExporterVoice
  private readonly host: LaneHost
  private readonly waiting: Parcel[] = []
  private inFlight = 0
  private failures = 0
  private notBeforeMs = 0
  private urgent = false

  constructor(exporter: Promise<Exporter>, policy: DeliveryConfig, voice: ExporterVoice, host: LaneHost) {
    this.loading = exporter.then(loaded => {
      this.exporter = loaded
      return loaded
    })
    this.loading.catch(() => {})
    this.policy = policy
    this.voice = voice
    this.host = host
  }

  get idle(): boolean {
    return this.waiting.length === 0 && this.inFlight === 0
  }

  /** Whether a parcel offered now would be sent at once. */
  get ready(): boolean {
    return this.waiting.length === 0 && this.inFlight < this.maxInFlight && this.host.nowMs() >= this.notBeforeMs
  }

  /** Whether nothing can be sent before `deadlineMs`. */
  isStuckUntil(deadlineMs: number): boolean {
    return this.inFlight === 0 && (this.waiting.length === 0 || this.notBeforeMs > deadlineMs)
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
  pump(): void {
    while (this.waiting.length > 0 && this.inFlight < this.maxInFlight && this.host.nowMs() >= this.notBeforeMs) {
      this.send(this.waiting.shift()!)
    }
  }

  /** Does not wait any longer before the next attempt. */
  retryNow(): void {
    this.notBeforeMs = 0
    this.pump()
  }

  /** The process is about to end: more at once, shorter waits. */
  hurry(): void {
    this.urgent = true
    this.notBeforeMs = Math.min(this.notBeforeMs, this.host.nowMs())
    this.pump()
  }

  /** Gives up the oldest parcel that is not under way. */
  evictOldest(): boolean {
    const parcel = this.waiting.shift()
    if (parcel === undefined) return false
    this.lose(parcel, 'evicted', 'its queue held up the other exporters')
    return true
  }

  async close(): Promise<void> {
    try {
      await (await this.loading).close?.()
    } catch (error) {
      this.voice.remarked(`could not be closed: ${messageOf(error)}`)
    }
  }

  private get maxInFlight(): number {
    if (this.failures > 0) return 1
    if (this.urgent) return URGENT_REQUESTS
    return this.waiting.length > BACKLOG_PARCELS ? BACKLOG_REQUESTS : 1
  }

  private send(parcel: Parcel): void {
    this.inFlight++
    if (parcel.attempts++ === 0) parcel.firstAttemptMs = this.host.nowMs()
    else this.host.count('resent', parcel.count)
    this.host.count('requests', 1)
    this.host.count('bytes', parcel.bytes.length)
    const result = this.exporter === undefined ? this.loading : this.start(this.exporter, parcel)
    if (isResult(result)) this.complete(parcel, result)
    else void this.await(parcel, result)
  }

  /** An exporter that answers at once is served at once, so that even a thread that is about to end can use it. */
  private start(exporter: Exporter, parcel: Parcel): ExportResult | Promise<ExportResult> {
    const { exportTimeoutMs } = this.policy
    const abort = new AbortController()
    try {
      const result = exporter.export(parcel, abort.signal)
      return isResult(result) ? result : withTimeout(result, exportTimeoutMs, abort)
    } catch (error) {
      return { outcome: 'retry', message: messageOf(error) }
    }
  }

  private async await(parcel: Parcel, pending: Promise<Exporter | ExportResult>): Promise<void> {
    let result: ExportResult
    try {
      const answer = await pending
      result = isResult(answer) ? answer : await this.start(answer, parcel)
    } catch (error) {
      result = { outcome: 'retry', message: messageOf(error) }
    }
    this.complete(parcel, result)
    this.pump()
  }

  private complete(parcel: Parcel, result: ExportResult): void {
    this.inFlight--
    this.settle(parcel, result)
    this.host.onProgress()
  }

  private settle(parcel: Parcel, result: ExportResult): void {
    switch (result.outcome) {
      case 'acked':
      case 'sent':
        this.succeed(parcel, result)
        return
      case 'rejected':
        this.host.count('failures', 1)
        this.lose(parcel, 'rejected', result.message)
        return
      case 'too_large':
        this.halve(parcel, result.message)
        return
      default:
        this.fail(parcel, result)
    }
  }

  private succeed(parcel: Parcel, result: Extract<ExportResult, { outcome: 'acked' | 'sent' }>): void {
    const tooLarge = within(result.tooLarge, parcel.count)
    const rejected = result.outcome === 'acked' ? within(result.rejected, parcel.count - tooLarge) : 0
    this.failures = 0
    this.voice.succeeded()
    this.host.count(result.outcome, parcel.count - rejected - tooLarge)
    this.host.count('rejected', rejected)
    this.host.count('too_large', tooLarge)
    if (rejected + tooLarge > 0) this.voice.lost(rejected + tooLarge, result.message ?? 'refused by the backend')
    else if (result.message !== undefined && result.message !== '') this.voice.remarked(result.message)
    this.finish(parcel)
  }

  private fail(parcel: Parcel, result: Extract<ExportResult, { outcome: 'retry' }>): void {
    const { retry } = this.policy
    const nowMs = this.host.nowMs()
    this.host.count('failures', 1)
    this.failures++
    this.notBeforeMs = nowMs + this.delayMs(result.afterMs)
    this.voice.failed(result.message)
    const rest = this.settleFirst(parcel, within(result.settled, parcel.count))
    if (rest === undefined) return
    if (nowMs - rest.firstAttemptMs >= retry.maxElapsedMs) this.lose(rest, 'retries_spent', result.message)
    else this.waiting.unshift(rest)
  }

  private delayMs(afterMs: number | undefined): number {
    const delayMs = backoffMs(this.failures, this.policy.retry)
    return Math.max(afterMs ?? 0, this.urgent ? Math.min(delayMs, URGENT_DELAY_MS) : delayMs)
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
    this.host.count('failures', 1)
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

function isResult(value: object): value is ExportResult {
  return 'outcome' in value
}

/** An exporter that outlives its time is treated as a failed request, whether it heeds the signal or not. */
async function withTimeout(
  result: Promise<ExportResult>,
  timeoutMs: number,
  abort: AbortController,
): Promise<ExportResult> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<ExportResult>(resolve => {
    timer = setTimeout(() => {
      resolve({ outcome: 'retry', message: `no answer within ${timeoutMs} ms` })
      abort.abort()
    }, timeoutMs)
  })
  try {
    return await Promise.race([result, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function within(count: number | undefined, max: number): number {
  return Math.min(Math.max(0, count ?? 0), max)
}

function nameOfOnly(parcel: Parcel): string {
  for (const span of parcel.spans()) return `span "${span.name.slice(0, 100)}"`
  return 'a span'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
