import type { RequestFrame } from '../otlp/request-frame.ts'
import type { DeliveryConfig, ExporterConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'
import type { ExporterStats, FlushResult } from '../types/tracing.ts'
import type { CreateExporter } from './consumer.ts'
import { type ConsumerHost, startWorkerHost, type ToPipeline, type WorkerOptions } from './consumer-host.ts'
import { type Control, createControl } from './control.ts'
import { handBackObjects, type LaneConfig, uniqueNames, withoutModules } from './lane-config.ts'
import { COUNTERS, exporterStats, Ledger, lostSpans } from './ledger.ts'
import { loadLocalExport } from './load-local-export.ts'
import { messageOf } from './message-of.ts'
import type { ExportThreadData } from './messages.ts'
import { type ConsumerLink, RingProducer } from './ring-producer.ts'
import type { Log } from './voice.ts'

/** How long the wait at exit trusts a worker that gives no sign of life; longer if it may be busy compressing what it holds. */
const HEARTBEAT_PATIENCE_MS = 500
const PATIENCE_MS_PER_BYTE = 100 / 2 ** 20
/** More of it before the first delivery: loading an HTTP client takes the worker 110 ms in one go from Node 22 on, if it is alone. */
const LOADING_PATIENCE_MS = 1_000
const WAIT_SLICE_MS = 50

export interface PipelineOptions {
  readonly exporters: readonly ExporterConfig[]
  readonly frame: RequestFrame
  readonly scope: { readonly name: string; readonly version: string }
  readonly delivery: DeliveryConfig
  readonly log: Log
  readonly createExporter: CreateExporter
  /** Undefined: export on the caller's thread. */
  readonly worker: Pick<WorkerOptions, 'url' | 'env' | 'stderrLevels'> | undefined
}

/** The way of one set-up's spans from the caller's thread to its exporters. */
export class ExportPipeline {
  readonly sink: RingProducer
  readonly names: readonly string[]
  private readonly options: PipelineOptions
  private readonly control: Control
  private ledger: Ledger
  private readonly lastErrors = new Map<number, string>()
  private readonly replies = new Map<number, () => void>()
  /** Without modules once an export thread has died. */
  private lanes: readonly LaneConfig[]
  private readonly objects: ReadonlyMap<number, Exporter>
  private host: ConsumerHost
  private requests = 0
  private exitTicket = 0
  private hasGivenUpObjects = false
  private closing: Promise<FlushResult> | undefined
  private over = false

  constructor(options: PipelineOptions) {
    const shared = options.worker !== undefined
    this.options = options
    this.names = uniqueNames(options.exporters)
    this.control = createControl(options.exporters.length * COUNTERS.length, shared)
    this.ledger = new Ledger(this.control.counters)
    this.sink = new RingProducer(this.control, this.link(), options.delivery.maxQueueBytes, shared)
    this.lanes = options.exporters
    this.objects = objectsIn(options)
    this.host = this.startHost()
  }

  /** Whether all export needs this thread's event loop. */
  get onCallersThread(): boolean {
    return this.host.thread === 'main'
  }

  /** Whether something is pending that needs this thread's event loop. */
  get needsEventLoop(): boolean {
    if (this.onCallersThread) return this.pending > 0
    if (this.hasGivenUpObjects || this.objects.size === 0) return false
    const stats = this.stats()
    return Array.from(this.objects.keys()).some(index => stats[this.names[index]!]!.pending > 0)
  }

  /** Spans that some exporter is not done with. */
  get pending(): number {
    return Math.max(0, ...Object.values(this.stats()).map(stats => stats.pending))
  }

  stats(): Record<string, ExporterStats> {
    if (!this.over) this.host.drain()
    const waiting = this.over ? 0 : this.sink.waitingRecords
    const entries = this.names.map((name, index): [string, ExporterStats] => {
      const stats = exporterStats(this.ledger, index, this.sink.dropped, waiting)
      const lastError = this.lastErrors.get(index)
      return [name, lastError === undefined ? stats : { ...stats, lastError }]
    })
    return Object.fromEntries(entries)
  }

  async flush(timeoutMs: number): Promise<FlushResult> {
    const lostBefore = this.lost()
    await this.request('flush', timeoutMs)
    const { pending } = this
    return { ok: pending === 0 && this.lost() === lostBefore, pending }
  }

  shutdown(timeoutMs: number): Promise<FlushResult> {
    this.closing ??= this.close(timeoutMs)
    return this.closing
  }

  /** Has everything sent by `deadlineMs`, on the clock of `performance.now()`, without waiting for it. */
  hasten(deadlineMs: number): void {
    if (this.over) return
    this.exitTicket = ++this.requests
    this.host.post({ kind: 'exit', remainingMs: deadlineMs - performance.now(), ticket: this.exitTicket })
  }

  /**
   * After `hasten`: holds this thread until every exporter has settled what has ended. A worker that has died unnoticed is
   * replaced. On the caller's thread nothing can be waited for.
   */
  awaitSettled(deadlineMs: number): void {
    if (this.over || this.onCallersThread || this.pending === 0 || this.waitForWorker(deadlineMs)) return
    this.host.stop()
    this.writeOffHeld()
    this.host = this.startHost()
    this.hasten(deadlineMs)
    if (!this.onCallersThread) this.waitForWorker(deadlineMs)
  }

  /** What is pending now is counted `exit_timeout`. */
  conclude(): void {
    if (!this.over) this.giveUpPending()
  }

  /** What is pending for exporters that are objects of this thread stays so. */
  giveUpObjects(): void {
    this.hasGivenUpObjects = true
    this.host.giveUpHandedBack()
  }

  private async close(timeoutMs: number): Promise<FlushResult> {
    const deadlineMs = performance.now() + timeoutMs
    this.sink.close()
    const result = await this.flush(timeoutMs)
    await this.request('close', Math.max(100, deadlineMs - performance.now()))
    this.giveUpPending()
    this.host.stop()
    return result
  }

  /** False if the worker has stopped giving signs of life before it was done. */
  private waitForWorker(deadlineMs: number): boolean {
    let heartbeat = this.control.heartbeat
    // Counts while this thread waits: while it runs exporters of its own, the worker may have to wait for the processor.
    let silentMs = 0
    for (let nowMs = performance.now(); nowMs < deadlineMs; nowMs = performance.now()) {
      const { calls } = this.control
      this.host.serve(deadlineMs)
      if (this.control.isDrained(this.exitTicket)) return true
      silentMs += this.control.waitForCall(calls, Math.min(WAIT_SLICE_MS, deadlineMs - performance.now()))
      if (this.control.heartbeat !== heartbeat || !this.control.ready) {
        heartbeat = this.control.heartbeat
        silentMs = 0
      } else if (silentMs > this.patienceMs()) return false
    }
    return true
  }

  private patienceMs(): number {
    const loadingMs = this.control.settledBytes === 0 ? LOADING_PATIENCE_MS : 0
    return HEARTBEAT_PATIENCE_MS + loadingMs + this.sink.heldBytes * PATIENCE_MS_PER_BYTE
  }

  /** From here on nothing is delivered, and nothing that the consumer still does changes the counts. */
  private giveUpPending(reason: 'exit_timeout' | 'worker_lost' = 'exit_timeout'): void {
    this.host.drain()
    this.sink.close()
    this.over = true
    this.ledger = this.ledger.copy()
    for (let index = 0; index < this.names.length; index++) {
      const lost = this.ledger.writeOff(index, reason, this.sink.records)
      if (lost > 0 && !this.control.ready && reason === 'exit_timeout')
        this.lastErrors.set(index, 'the export thread had not started')
    }
    for (const id of [...this.replies.keys()]) this.reply(id)
  }

  private lost(): number {
    return Object.values(this.stats()).reduce((sum, stats) => sum + lostSpans(stats), 0)
  }

  /** Resolves when the consumer has answered, or at the timeout. */
  private request(kind: 'flush' | 'close', timeoutMs: number): Promise<void> {
    if (this.over) return Promise.resolve()
    const id = ++this.requests
    return new Promise(resolve => {
      const timer = setTimeout(() => this.reply(id), timeoutMs)
      this.replies.set(id, () => {
        clearTimeout(timer)
        resolve()
      })
      this.host.hold(true)
      this.host.post({ kind, id })
    })
  }

  private reply(id: number): void {
    const resolve = this.replies.get(id)
    this.replies.delete(id)
    if (this.replies.size === 0) this.host.hold(false)
    resolve?.()
  }

  private readonly receive = (message: ToPipeline): void => {
    if (message.kind === 'done') this.reply(message.id)
    else if (message.kind === 'log') this.options.log(message.level, message.message)
    else this.lastErrors.set(message.exporter, message.message)
  }

  private link(): ConsumerLink {
    return {
      addSegment: memory => this.host.post(memory),
      retireSegment: id => this.host.post({ kind: 'retire', segment: id }),
      wake: () => this.host.post({ kind: 'wake' }),
    }
  }

  private startHost(): ConsumerHost {
    const { worker, log } = this.options
    if (worker === undefined) return this.startLocal()
    try {
      const onDeath = (reason: string): void => this.takeOver(reason)
      const { objects } = this
      return startWorkerHost(this.data(handBackObjects(this.lanes)), {
        ...worker,
        objects,
        onMessage: this.receive,
        onDeath,
      })
    } catch (error) {
      log('warn', `no export thread can be started (${messageOf(error)}); ${ON_CALLERS_THREAD}`)
      return this.startLocal()
    }
  }

  private startLocal(): ConsumerHost {
    return loadLocalExport().startLocalHost(this.data(this.lanes), this.options.createExporter, this.receive)
  }

  /** The worker has died: what it held is lost and counted, what is still in the ring goes on from here. */
  private takeOver(reason: string): void {
    this.host.drain()
    const hasClosed = this.closing !== undefined && this.replies.size === 0
    if (this.over || hasClosed) return
    const held = this.writeOffHeld()
    const trouble = `the export thread died (${reason}), and ${held} spans with it`
    try {
      this.host = this.startLocal()
    } catch (error) {
      // What is loaded now for the first time may have become unreadable, or files too many.
      this.options.log('error', `${trouble}; nothing more is exported: ${messageOf(error)}`)
      this.giveUpPending('worker_lost')
      return
    }
    this.options.log('warn', `${trouble}; ${ON_CALLERS_THREAD}`)
    for (const id of [...this.replies.keys()]) this.repeat(id)
  }

  /** A flush that the dead worker did not answer. */
  private repeat(id: number): void {
    this.host.hold(true)
    this.host.post({ kind: 'flush', id })
  }

  private writeOffHeld(): number {
    let most = 0
    for (let index = 0; index < this.names.length; index++) {
      most = Math.max(most, this.ledger.writeOff(index, 'worker_lost', this.control.takenRecords))
    }
    this.control.addSettledBytes(this.sink.heldBytes)
    this.control.forgetConsumer()
    this.lanes = withoutModules(this.options.exporters)
    return most
  }

  private data(exporters: readonly LaneConfig[]): ExportThreadData {
    const { frame, scope, delivery } = this.options
    const { control, names, sink } = this
    return { control: control.memory, segments: sink.memories, exporters, names, frame, scope, delivery }
  }
}

const ON_CALLERS_THREAD = 'export goes on from the main thread, where process.exit() and a throw cannot be waited for'

/** Exporters that are objects of this thread, by their place among all. */
function objectsIn({ exporters, createExporter }: PipelineOptions): ReadonlyMap<number, Exporter> {
  const objects = new Map<number, Exporter>()
  for (const [index, config] of exporters.entries()) {
    const exporter = config.kind === 'custom' ? createExporter(config) : undefined
    if (exporter !== undefined && !(exporter instanceof Promise)) objects.set(index, exporter)
  }
  return objects
}
