import { MAX_RETRY_AFTER_MS } from '../net/retry-after.ts'
import type { Exporter, SpanBatch } from '../types/exporter.ts'
import { lineOf, messageOf } from './message-of.ts'
import { MAX_TIMER_MS } from './timer.ts'

/** An exporter that keeps time itself gets to say what it was waiting for. */
const GRACE_MS = 250

/** An ExportResult that can be relied on: counts are whole and within the batch, messages are one line. */
export type AttemptResult =
  | {
      readonly outcome: 'acked' | 'sent'
      readonly rejected: number
      readonly tooLarge: number
      readonly message: string
    }
  | { readonly outcome: 'retry'; readonly settled: number; readonly afterMs: number; readonly message: string }
  | { readonly outcome: 'too_large' | 'rejected'; readonly message: string }

/**
 * Tries once to export `batch`. An exporter that throws, or outlives `timeoutMs` whether it heeds `abort` or not, has failed
 * for now; one that answers with anything but an ExportResult, for good. Never throws or rejects. An exporter that answers at
 * once is served at once, so that even a thread that is about to end can use it.
 */
export function attemptExport(
  exporter: Exporter,
  batch: SpanBatch,
  timeoutMs: number,
  abort: AbortController,
): AttemptResult | Promise<AttemptResult> {
  try {
    const answer: unknown = exporter.export(batch, abort.signal)
    return isThenable(answer) ? settleInTime(answer, batch.count, timeoutMs, abort) : readResult(answer, batch.count)
  } catch (error) {
    return failedForNow(messageOf(error))
  }
}

/** In place of an exporter that could not be set up: nothing will change that. */
export function unusableExporter(error: unknown): Exporter {
  const message = `cannot be set up: ${messageOf(error)}`
  return { name: 'unusable', export: () => ({ outcome: 'rejected', message }) }
}

async function settleInTime(
  answer: PromiseLike<unknown>,
  count: number,
  timeoutMs: number,
  abort: AbortController,
): Promise<AttemptResult> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<AttemptResult>(resolve => {
    const expire = (): void => {
      resolve(failedForNow(`no answer within ${timeoutMs} ms`))
      abort.abort()
    }
    timer = setTimeout(expire, Math.min(timeoutMs + GRACE_MS, MAX_TIMER_MS)).unref()
  })
  try {
    return readResult(await Promise.race([answer, timeout]), count)
  } catch (error) {
    return failedForNow(messageOf(error))
  } finally {
    clearTimeout(timer)
  }
}

/** Custom exporters may be plain JavaScript, so nothing about their answers is certain; their getters may throw. */
function readResult(answer: unknown, count: number): AttemptResult {
  const { outcome, ...given } = Object(answer) as { readonly [field: string]: unknown }
  const message = given.message === undefined ? '' : lineOf(given.message)
  switch (outcome) {
    case 'acked':
    case 'sent': {
      const tooLarge = within(given.tooLarge, count)
      const rejected = outcome === 'acked' ? within(given.rejected, count - tooLarge) : 0
      return { outcome, rejected, tooLarge, message }
    }
    case 'retry':
      return {
        outcome,
        settled: within(given.settled, count),
        afterMs: within(given.afterMs, MAX_RETRY_AFTER_MS),
        message,
      }
    case 'too_large':
    case 'rejected':
      return { outcome, message }
    default:
      return { outcome: 'rejected', message: 'its answer is no ExportResult' }
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as PromiseLike<unknown> | undefined)?.then === 'function'
}

function failedForNow(message: string): AttemptResult {
  return { outcome: 'retry', settled: 0, afterMs: 0, message }
}

function within(value: unknown, max: number): number {
  const whole = Math.trunc(Number(value))
  return whole > 0 ? Math.min(whole, max) : 0
}
