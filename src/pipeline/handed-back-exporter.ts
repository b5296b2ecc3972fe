import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import type { FromCallersExporter, ToCallersExporter } from './messages.ts'

/**
 * Stands in, on the export thread, for an exporter that is an object of the caller's thread: every batch is handed back to that
 * thread, and what becomes of it there is the answer. Its requests have no timeout here: while the caller's thread computes,
 * they wait.
 */
export class HandedBackExporter implements Exporter {
  readonly name: string
  private readonly index: number
  private readonly send: (message: ToCallersExporter) => void
  private readonly open = new Map<number, (result: ExportResult) => void>()
  private readonly late = new Set<number>()
  private settleClose: ((trouble: string | undefined) => void) | undefined
  private batches = 0

  constructor(name: string, index: number, send: (message: ToCallersExporter) => void) {
    this.name = name
    this.index = index
    this.send = send
  }

  /** Requests that the object has answered with a promise: without the caller's event loop it stays a promise. */
  get lateCount(): number {
    return this.late.size
  }

  export({ bytes, count }: SpanBatch, signal: AbortSignal): Promise<ExportResult> {
    const batch = ++this.batches
    const exporter = this.index
    signal.addEventListener('abort', () => this.send({ kind: 'abort', exporter, batch }), { once: true })
    return new Promise(resolve => {
      this.open.set(batch, resolve)
      // A copy: the batch's own memory is shared with other exporters and needed for another attempt.
      this.send({ kind: 'batch', exporter, batch, bytes: bytes.slice(), count })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settleClose = trouble => (trouble === undefined ? resolve() : reject(new Error(trouble)))
      this.send({ kind: 'close', exporter: this.index })
    })
  }

  receive(message: FromCallersExporter): void {
    if (message.kind === 'closed') this.settleClose?.(message.trouble)
    else if (message.result === 'later') this.late.add(message.batch)
    else this.settle(message.batch, message.result)
  }

  private settle(batch: number, result: ExportResult): void {
    this.late.delete(batch)
    this.open.get(batch)?.(result)
    this.open.delete(batch)
  }
}
