import { sharedPart } from '../shared-state.ts'
import type { RedactField, RedactOptions } from '../types/redact.ts'

/**
 * Jobs redact payloads by a copy of this file of their own. Only ever true within one call, since the callback returns before anything
 * else runs on this thread.
 */
const state = sharedPart('redaction', () => ({ running: false }))

/** Whether a `redact.with` is running, of whichever set-up. What it starts is not recorded. */
export function isCallbackRunning(): boolean {
  return state.running
}

/**
 * A program's `redact.with`. It is not called again from within itself: a span that it ends is redacted as if it had
 * returned `undefined`.
 */
export class RedactCallback {
  private readonly callback: NonNullable<RedactOptions['with']>
  private isUsable = true

  constructor(callback: NonNullable<RedactOptions['with']>) {
    this.callback = callback
  }

  /** The text to use instead of `text`, or undefined where there is none. Never throws. */
  ask(field: RedactField, text: string, key: string | undefined): string | undefined {
    if (state.running || !this.isUsable) return undefined
    state.running = true
    try {
      const { callback } = this
      const answer: unknown = callback(field, text, key)
      if (typeof answer === 'string') return answer
      if (answer instanceof Promise) this.giveUp(answer)
    } catch {
      // Also where the stack ends, or the answer is made to throw when it is looked at.
    } finally {
      state.running = false
    }
    return undefined
  }

  /** A promise answers too late, and what follows an `await` could end spans for ever: each would ask again. */
  private giveUp(answer: Promise<unknown>): void {
    this.isUsable = false
    Promise.prototype.then.call(answer, undefined, () => {})
  }
}
