/** A server that asks for more is asked again after an hour. */
export const MAX_RETRY_AFTER_MS = 3_600_000

/**
 * The wait that a Retry-After header asks for (RFC 9110 §10.2.3), in ms from 0 to one hour.
 * Undefined for anything but delay-seconds or a date; `nowMs` is the time since the epoch that a date is compared with.
 */
export function parseRetryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const delayMs = parseDelayMs(value) ?? parseDelayUntil(value, nowMs)
  return delayMs === undefined ? undefined : Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS)
}

/** Time since the epoch in ms. Only IMF-fixdate, the one form that may be sent (RFC 9110 §5.6.7), is read. */
export function parseHttpDateMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const timeMs = Date.parse(value)
  return !Number.isNaN(timeMs) && new Date(timeMs).toUTCString() === value ? timeMs : undefined
}

function parseDelayMs(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+$/.test(value) ? Number(value) * 1000 : undefined
}

function parseDelayUntil(value: string | undefined, nowMs: number): number | undefined {
  const timeMs = parseHttpDateMs(value)
  return timeMs === undefined ? undefined : timeMs - nowMs
}
