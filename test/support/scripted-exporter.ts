import assert from 'node:assert/strict'
import type { Exporter, ExportResult, SpanBatch } from '../../src/types/exporter.ts'
import { namesIn } from './named-spans.ts'

/** An exporter whose answers the test gives: at once by `reply`, or later to those that are `open`. */
export class ScriptedExporter implements Exporter {
  readonly name: string = 'scripted'
  /** The names in each request, in the order of the requests. */
  readonly requests: string[][] = []
  /** Requests that were left unanswered. */
  readonly open: { readonly names: readonly string[]; readonly signal: AbortSignal; answer(result: unknown): void }[] =
    []
  closed = 0
  private readonly reply: ((names: readonly string[]) => unknown) | undefined

  /** `reply` may be undefined, or answer with it: that leaves a request open. */
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
