import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Lets callers go on one after the other, each in a turn of the event loop of its own. A backlog that is encoded in one go would
 * make the export thread look dead.
 */
export function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(() => nextTurn())
    return last
  }
}
