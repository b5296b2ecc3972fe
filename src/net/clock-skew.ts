import { parseHttpDateMs } from './retry-after.ts'

/**
 * Clocks that are kept differ by milliseconds, and those that are not by seconds a month. From a minute on something is wrong,
 * and a span no longer stands beside the rest of its trace.
 */
const REMARKABLE_MS = 60_000
/** A Date header has whole seconds; what is beyond them has been cut off. */
const DATE_GRAIN_MS = 1_000

/** Compares this machine's clock with a server's, and speaks of a difference once. */
export class ClockComparison {
  private told = false

  /**
   * One clause where the clocks differ by a minute or more, undefined if they do not or it has been said. `date` is the reply's
   * header; the request was sent and its reply received at these times since the epoch.
   */
  remark(date: string | undefined, sentMs: number, receivedMs: number): string | undefined {
    const leadMs = this.told ? 0 : clockLeadMs(date, sentMs, receivedMs)
    if (Math.abs(leadMs) < REMARKABLE_MS) return undefined
    this.told = true
    return describeLead(leadMs)
  }
}

/**
 * How far this machine's clock is ahead of the server's at least; negative where it is behind. The date was written at some time
 * between sending and receiving, so that a slow reply does not look like a wrong clock.
 */
export function clockLeadMs(date: string | undefined, sentMs: number, receivedMs: number): number {
  const serverMs = parseHttpDateMs(date)
  if (serverMs === undefined) return 0
  const aheadMs = Math.min(sentMs, receivedMs) - serverMs - DATE_GRAIN_MS
  const behindMs = serverMs - Math.max(sentMs, receivedMs)
  if (aheadMs > 0) return aheadMs
  return behindMs > 0 ? -behindMs : 0
}

function describeLead(leadMs: number): string {
  const seconds = Math.round(Math.abs(leadMs) / 1_000)
  const side = leadMs > 0 ? 'ahead of' : 'behind'
  return `the clock here is ${seconds} s ${side} the server's, and spans are misplaced by as much; are both set by NTP?`
}
