import { openQueue } from '../jobs/queue-choice.ts'
import { type StoredQueue, UnknownDeadLetter } from '../jobs/stored-queue.ts'
import type { DeadLetterMessage } from '../types/jobs.ts'
import { complain } from './output.ts'

const MAX_NEAR_MATCHES = 5

/** The queue of the environment; what is to be said of it goes to stderr. */
export function environmentQueue(): StoredQueue {
  return openQueue(complain)
}

/** Rejects with a sentence that lists near matches where there is no such message. */
export async function requireLetter(queue: StoredQueue, id: string): Promise<DeadLetterMessage> {
  const message = await queue.get(id)
  if (message !== undefined) return message
  const { message: sentence } = new UnknownDeadLetter(JSON.stringify(id), queue.place)
  const near = nearMatches(
    id,
    (await queue.list()).map(known => known.message_id),
  )
  throw new Error(
    near.length === 0 ? `${sentence}; \`dlq list\` shows all` : `${sentence}; did you mean ${near.join(', ')}?`,
  )
}

/** Ids that begin like it, hold it, or differ in up to a third of its characters, or begin like that; the nearest first. */
export function nearMatches(id: string, known: readonly string[]): string[] {
  const wanted = id.toLowerCase()
  const rated = known.map(candidate => ({ candidate, distance: rate(wanted, candidate.toLowerCase()) }))
  const near = rated.filter(({ distance }) => distance <= Math.max(2, wanted.length / 3))
  near.sort((a, b) => a.distance - b.distance)
  return near.slice(0, MAX_NEAR_MATCHES).map(({ candidate }) => candidate)
}

function rate(wanted: string, candidate: string): number {
  if (wanted === '') return Number.POSITIVE_INFINITY
  if (candidate.startsWith(wanted)) return 0
  if (candidate.includes(wanted)) return 1
  if (wanted.length > MAX_ID_LENGTH) return Number.POSITIVE_INFINITY
  // The beginning of an id may have been mistyped as well.
  return Math.min(editDistance(wanted, candidate), 1 + editDistance(wanted, candidate.slice(0, wanted.length)))
}

const MAX_ID_LENGTH = 128

/** Characters to insert, remove or replace (Wagner and Fischer), row by row. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return previous[b.length]!
}
