import type { MessagePort } from 'node:worker_threads'
import { MIN_INTERVAL_MS, type MonitoringConfig } from '../config/metrics.ts'
import { workerEnvironment } from '../config/process.ts'
import type { ExitParticipant } from '../pipeline/exit.ts'
import { sayOnce } from '../say.ts'
import { exceptionMessage } from '../trace/exception.ts'
import type { MonitoringThreadData, Push, PushResult } from './monitoring-messages.ts'
import { snapshotOf } from './snapshot.ts'
import type { MetricStore } from './store.ts'

/** The longest that the end of the process is held for the last metrics; shared with what tracing holds it for. */
const EXIT_TIMEOUT_MS = 2_000
/** A push of more would take longer than the time between two. */
const MAX_SERIES = 10_000
/** Different troubles that are said. */
const MAX_SAID = 8

/**
 * Sends the metrics of `store` to Cloud Monitoring: on a timer, and once more at the end of the process. A thread of its own sends, so
 * that neither a blocked event loop nor `process.exit()` is in the way, and nothing of it holds the process. Values are sums since the
 * start, so that nothing is kept for a second attempt: the next push makes up for one that failed. For the end of the process it has to be
 * given to `finishAtExit`.
 */
export class MonitoringBackend implements ExitParticipant {
  readonly exitTimeoutMs: number = EXIT_TIMEOUT_MS
  /** Whether signals are handled is for tracing to say. */
  readonly handleSignals = false
  readonly needsEventLoop = false
  readonly canBeAwaited = true
  private readonly store: MetricStore
  private readonly config: MonitoringConfig
  private readonly settled = new Int32Array(new SharedArrayBuffer(4))
  private pushes = 0
  private pushedRevision = 0
  private lastEndMs = 0
  private isFailing = false
  private readonly said = new Set<string>()
  /** False where no thread can be started. */
  private port: MessagePort | false | undefined

  constructor(store: MetricStore, config: MonitoringConfig) {
    this.store = store
    this.config = config
    setInterval(() => this.pushUnlessUnderWay(), config.intervalMs).unref()
  }

  closeOpenSpans(): void {}

  hasten(): void {
    if (this.store.revision !== this.pushedRevision || this.isFailing) this.push()
  }

  awaitSettled(deadlineMs: number): void {
    for (let last = this.lastSettled; last < this.pushes; last = this.lastSettled) {
      const leftMs = deadlineMs - performance.now()
      if (leftMs <= 0) return
      Atomics.wait(this.settled, 0, last, leftMs)
    }
  }

  conclude(): void {
    if (!this.port) return
    const { receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads')
    for (let next = receiveMessageOnPort(this.port); next; next = receiveMessageOnPort(this.port)) {
      this.report(next.message)
    }
    if (this.lastSettled < this.pushes) {
      sayOnce(
        'monitoring end',
        'warn',
        `cloud_monitoring: the last metrics were not taken within ${EXIT_TIMEOUT_MS} ms`,
      )
    }
  }

  async flush(): Promise<void> {
    this.hasten()
  }

  async leaveEventLoop(): Promise<void> {}

  private get lastSettled(): number {
    return Atomics.load(this.settled, 0)
  }

  /** One that takes longer than the time between two would never come to its end if the next took its place. */
  private pushUnlessUnderWay(): void {
    if (this.lastSettled === this.pushes) this.push()
  }

  private push(): void {
    this.port ??= this.start()
    const all = snapshotOf(this.store.families)
    if (this.port === false || all.length === 0) return
    if (all.length > MAX_SERIES) {
      sayOnce('monitoring size', 'warn', `cloud_monitoring: only ${MAX_SERIES} of ${all.length} series are sent`)
    }
    // Google takes one point of a series in so many seconds, and looks at their times for that; a sum ends later than it begins.
    const endMs = Math.max(Date.now() + 1, this.lastEndMs + MIN_INTERVAL_MS)
    const push: Push = { number: ++this.pushes, endMs, series: all.slice(0, MAX_SERIES) }
    this.pushedRevision = this.store.revision
    this.lastEndMs = endMs
    this.port.postMessage(push)
  }

  /** Of a program that ends before the first push is due, the thread is started in the exit handler. */
  private start(): MessagePort | false {
    try {
      return this.startThread()
    } catch (error) {
      sayOnce(
        'monitoring thread',
        'warn',
        `cloud_monitoring: metrics are not sent, no thread can be started for that: ${exceptionMessage(error)}`,
      )
      return false
    }
  }

  private startThread(): MessagePort {
    const { MessageChannel, Worker } = process.getBuiltinModule('node:worker_threads')
    const { port1, port2 } = new MessageChannel()
    const { config, settled } = this
    const taskId = `${process.getBuiltinModule('node:os').hostname()}-${process.pid}-${Date.now()}`
    const workerData: MonitoringThreadData<MessagePort> = { port: port2, config, taskId, settled }
    const env = workerEnvironment()
    const worker = new Worker(workerUrl(), {
      name: 'blueprint-metrics',
      workerData,
      transferList: [port2],
      env,
      execArgv: [],
    })
    worker.on('error', error => {
      this.port = false
      sayOnce(
        'monitoring thread',
        'warn',
        `cloud_monitoring: metrics are no longer sent, the thread for that has ended: ${exceptionMessage(error)}`,
      )
    })
    worker.unref()
    port1.on('message', (result: PushResult) => this.report(result))
    port1.unref()
    return port1
  }

  /** Each trouble once, what comes before it has ended not at all, and recovery once: servers may word the same anew each time. */
  private report({ trouble }: PushResult): void {
    if (trouble === undefined) {
      if (this.isFailing) sayOnce('monitoring again', 'warn', 'cloud_monitoring: delivering again')
    } else if (!this.isFailing && this.said.size < MAX_SAID) {
      this.said.add(trouble)
      const line = `cloud_monitoring: ${trouble}`
      const end = `${line.endsWith('?') ? ' The' : '; the'} next metrics make up for it`
      sayOnce(`monitoring ${trouble}`, 'warn', line + end)
    }
    this.isFailing = trouble !== undefined
  }
}

/** Always the built file: a worker does not run TypeScript, whatever loader the program has. */
function workerUrl(): URL {
  // Apart from `new URL`, as in load-part.ts.
  const here = import.meta.url
  return new URL(here.endsWith('.ts') ? '../../dist/metrics-worker.cjs' : './metrics-worker.cjs', here)
}
