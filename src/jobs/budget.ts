import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs } from '../net/backoff.ts'

const MAX_ATTEMPTS = 5
const WAITS = { initialDelayMs: 500, maxDelayMs: 4_000 }

/** What is left of the time for an operation. */
export interface Budget {
  /** Aborts when it is spent. */
  readonly signal: AbortSignal
  leftMs(): number
}

/** Why a request to a remote queue failed: a sentence. */
export class RemoteTrouble extends Error {
  /** Whether the same request may succeed later. */
  readonly mayPass: boolean
  readonly retryAfterMs: number | undefined

  constructor(message: string, mayPass: boolean, retryAfterMs?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'RemoteTrouble'
    this.mayPass = mayPass
    this.retryAfterMs = retryAfterMs
  }
}

/** Works within so long. The timer holds the process, which connections do not; nothing of the work goes on after its end. */
export async function withinBudget<T>(timeoutMs: number, work: (budget: Budget) => Promise<T>): Promise<T> {
  const end = new AbortController()
  const endsMs = performance.now() + timeoutMs
  const timer = setTimeout(() => end.abort(), timeoutMs)
  try {
    return await work({ signal: end.signal, leftMs: () => endsMs - performance.now() })
  } finally {
    clearTimeout(timer)
    end.abort()
  }
}

/** Attempts up to five times, with waits between, as long as what fails may pass and the budget lasts. */
export async function persist<T>(budget: Budget, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof RemoteTrouble && error.mayPass)) throw error
      const waitMs = Math.max(backoffMs(failures, WAITS), error.retryAfterMs ?? 0)
      if (failures === MAX_ATTEMPTS || waitMs >= budget.leftMs()) throw givenUp(error, failures)
      await delay(waitMs, undefined, { signal: budget.signal }).catch(() => {
        throw givenUp(error, failures)
      })
    }
  }
}

function givenUp(trouble: RemoteTrouble, attempts: number): RemoteTrouble {
  if (attempts === 1) return trouble
  const end = trouble.message.endsWith('?') ? ' Given up' : '; given up'
  return new RemoteTrouble(`${trouble.message}${end} after ${attempts} attempts`, true, undefined, trouble.cause)
}
