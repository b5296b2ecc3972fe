import type { Exporter } from '../types/exporter.ts'
import { attemptExport } from './attempt.ts'
import { Batch, type BatchFrame, Parcel } from './batch.ts'
import { messageOf } from './message-of.ts'
import type { FromCallersExporter, ToCallersExporter } from './messages.ts'

type HandedBatch = Extract<ToCallersExporter, { kind: 'batch' }>

export interface CallerExporterParts {
  readonly exporter: Exporter
  /** Its place among the exporters of the set-up. */
  readonly index: number
  readonly frame: BatchFrame
  /** Of one request; counted here, where it begins when the exporter is called. */
  readonly timeoutMs: number
  readonly post: (message: FromCallersExporter) => void
}

/** Runs an exporter that is an object of this thread on the batches that the export thread hands back. */
export class CallerExporter {
  private readonly parts: CallerExporterParts
  private readonly queue: HandedBatch[] = []
  private readonly underWay = new Map<number, AbortController>()
  /** The batch whose `export` has not returned yet. */
  private running: number | undefined
  private next: NodeJS.Immediate | undefined
  private givenUp = false

  constructor(parts: CallerExporterParts) {
    this.parts = parts
  }

  receive(message: ToCallersExporter): void {
    if (message.kind === 'batch') this.enqueue(message)
    else if (message.kind === 'abort') this.abort(message.batch)
    else void this.close()
  }

  /** Exports what has been received, without the event loop; begins with nothing more after `deadlineMs`. */
  serve(deadlineMs: number): void {
    // An exporter that calls process.exit() comes by here and never returns.
    if (this.running !== undefined) this.answer(this.running, 'later')
    while (this.queue.length > 0 && performance.now() < deadlineMs) this.export(this.queue.shift()!)
  }

  /** Calls the exporter no more, and tells it to stop what is under way: it may be what holds the process. */
  giveUp(): void {
    this.givenUp = true
    for (const { batch } of this.queue.splice(0)) this.answer(batch, 'later')
    for (const abort of this.underWay.values()) abort.abort()
  }

  private enqueue(message: HandedBatch): void {
    if (this.givenUp) {
      this.answer(message.batch, 'later')
      return
    }
    this.queue.push(message)
    this.next ??= setImmediate(this.takeTurn)
  }

  /** One batch in each turn of the event loop: the program has other things to do. */
  private readonly takeTurn = (): void => {
    const message = this.queue.shift()
    this.next = this.queue.length > 0 ? setImmediate(this.takeTurn) : undefined
    if (message !== undefined) this.export(message)
  }

  private export({ batch, bytes, count }: HandedBatch): void {
    const { exporter, frame, timeoutMs } = this.parts
    const abort = new AbortController()
    this.underWay.set(batch, abort)
    this.running = batch
    const result = attemptExport(exporter, new Parcel(new Batch(bytes, count, () => {}), frame), timeoutMs, abort)
    this.running = undefined
    if (!(result instanceof Promise)) {
      this.underWay.delete(batch)
      this.answer(batch, result)
      return
    }
    this.answer(batch, 'later')
    void result.then(settled => {
      this.underWay.delete(batch)
      this.answer(batch, settled)
    })
  }

  /** What has not been begun has failed at once. */
  private abort(batch: number): void {
    const queued = this.queue.findIndex(message => message.batch === batch)
    if (queued < 0) this.underWay.get(batch)?.abort()
    else {
      this.queue.splice(queued, 1)
      this.answer(batch, { outcome: 'retry', settled: 0, afterMs: 0, message: 'closed before it was sent' })
    }
  }

  private async close(): Promise<void> {
    const { exporter, index, post } = this.parts
    let trouble: string | undefined
    try {
      await exporter.close?.()
    } catch (error) {
      trouble = messageOf(error)
    }
    post({ kind: 'closed', exporter: index, trouble })
  }

  private answer(batch: number, result: Extract<FromCallersExporter, { kind: 'answer' }>['result']): void {
    this.parts.post({ kind: 'answer', exporter: this.parts.index, batch, result })
  }
}
