import { isMessageId } from '../config/jobs.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../types/jobs.ts'
import type { Budget } from './budget.ts'
import { type Change, checkChange, countByStatus, releaseOf, toStatus } from './changes.ts'
import { formatMessage, parseMessage } from './message-json.ts'
import type { Delivery } from './pubsub-messages.ts'
import type { PubsubSubscription } from './pubsub-subscription.ts'
import { byFailureTime, type StoredQueue } from './stored-queue.ts'

/** For how long messages are this process's alone that `getPending` gives, or that are being changed. */
const LEASE_S = 60
/** What is left of a lease must be enough to extend it. */
const LEASE_MARGIN_MS = 5_000
const MAX_READ = 10_000
/** To give back what has been read. */
const RETURN_TIMEOUT_MS = 5_000

/** A dead letter with the deliveries of all its versions. */
interface Letter {
  readonly message: DeadLetterMessage
  readonly ackIds: readonly string[]
}

/**
 * Dead letters as messages of a Pub/Sub topic, read through one of its subscriptions. A message there cannot be changed or looked up: a
 * change publishes the letter anew and acknowledges what it was, and the version that was published last counts; each method but
 * `publish` reads the whole subscription and gives back what it does not keep. A letter that is resolved is acknowledged, and gone. While
 * one process has a message, no other gets it: that is what keeps two from changing the same letter.
 */
export class PubsubQueue implements StoredQueue {
  readonly place: string
  private readonly subscription: PubsubSubscription
  private readonly report: (sentence: string) => void
  private readonly reported = new Set<string>()
  /** Letters that this process has a lease on, by their ids. */
  private readonly held = new Map<string, { letter: Letter; untilMs: number }>()

  constructor(subscription: PubsubSubscription, place: string, report: (sentence: string) => void) {
    this.subscription = subscription
    this.place = place
    this.report = report
  }

  publish(message: DeadLetterMessage): Promise<string> {
    return this.subscription.service.within(async budget => {
      await this.send(message, budget)
      const former = this.takeHeld(message.message_id)
      if (former !== undefined) await this.subscription.acknowledge(former.ackIds, budget).catch(() => {})
      return message.message_id
    })
  }

  /** The letters are this process's for a minute: others do not get them, and changing them takes no further reading. */
  async getPending(limit: number = Number.POSITIVE_INFINITY): Promise<DeadLetterMessage[]> {
    return this.reading(async (letters, keep, budget) => {
      const pending = [...letters.values()].filter(({ message }) => message.status === 'pending').sort(byMessage)
      const given = pending.slice(0, Math.max(0, limit))
      const ackIds = given.flatMap(letter => letter.ackIds)
      await this.subscription.setDeadline(ackIds, LEASE_S, budget)
      const untilMs = performance.now() + LEASE_S * 1_000 - LEASE_MARGIN_MS
      for (const letter of given) this.held.set(letter.message.message_id, { letter, untilMs })
      keep(ackIds)
      return given.map(({ message }) => message)
    })
  }

  async list(): Promise<DeadLetterMessage[]> {
    return this.reading(async letters => [...letters.values()].sort(byMessage).map(({ message }) => message))
  }

  async get(messageId: string): Promise<DeadLetterMessage | undefined> {
    if (!isMessageId(messageId)) return undefined
    return this.reading(async letters => letters.get(messageId)?.message)
  }

  markResolved(messageId: string): Promise<void> {
    return this.updateStatus(messageId, 'resolved')
  }

  markAbandoned(messageId: string, reason: string): Promise<void> {
    return this.updateStatus(messageId, 'abandoned', { abandoned_reason: reason })
  }

  async updateStatus(messageId: string, status: DeadLetterStatus, metadata?: Record<string, unknown>): Promise<void> {
    checkChange(messageId, status, this.place)
    await this.change(messageId, toStatus(messageId, status, metadata, this.place))
  }

  async release(messageId: string, isLeftBehind: (message: DeadLetterMessage) => boolean): Promise<boolean> {
    return this.change(messageId, releaseOf(isLeftBehind))
  }

  async getStats(): Promise<Record<DeadLetterStatus, number>> {
    return countByStatus(await this.list())
  }

  /** Resolves to false where `changed` wants nothing to be changed; what it throws is passed on. */
  private async change(id: string, changed: Change): Promise<boolean> {
    const held = this.takeHeld(id)
    if (held !== undefined) {
      return this.subscription.service.within(budget => this.replace(held, changed(held.message), budget))
    }
    return this.reading(async (letters, keep, budget) => {
      const letter = letters.get(id)
      const message = changed(letter?.message)
      if (letter === undefined || !(await this.replace(letter, message, budget))) return false
      keep(letter.ackIds)
      return true
    })
  }

  private async replace(former: Letter, message: DeadLetterMessage | undefined, budget: Budget): Promise<boolean> {
    if (message === undefined) return false
    // Nobody else gets the letter while it is changed, which may take longer than the subscription's own deadline.
    await this.subscription.setDeadline(former.ackIds, LEASE_S, budget)
    if (message.status === 'resolved') await this.subscription.acknowledge(former.ackIds, budget)
    else {
      await this.send(message, budget)
      // Where this fails, there are two versions until the next change; the later one counts.
      await this.subscription.acknowledge(former.ackIds, budget).catch(() => {})
    }
    return true
  }

  private async send(message: DeadLetterMessage, budget: Budget): Promise<void> {
    const { message_id, status } = message
    await this.subscription.publish(formatMessage(message), { message_id, status }, budget)
  }

  private takeHeld(id: string): Letter | undefined {
    const held = this.held.get(id)
    this.held.delete(id)
    return held !== undefined && performance.now() < held.untilMs ? held.letter : undefined
  }

  /** Works on all letters; deliveries that `keep` is not told of are given back. */
  private async reading<T>(
    work: (
      letters: ReadonlyMap<string, Letter>,
      keep: (ackIds: readonly string[]) => void,
      budget: Budget,
    ) => Promise<T>,
  ): Promise<T> {
    const { service } = this.subscription
    const deliveries = new Map<string, Delivery>()
    const kept = new Set<string>()
    const keep = (ackIds: readonly string[]): void => {
      for (const ackId of ackIds) kept.add(ackId)
    }
    try {
      return await service.within(async budget => {
        await this.readAll(deliveries, budget)
        return work(this.withHeld(this.lettersIn([...deliveries.values()])), keep, budget)
      })
    } finally {
      const others = Array.from(deliveries.values(), ({ ackId }) => ackId).filter(ackId => !kept.has(ackId))
      // Where this fails, others get them when the subscription's own deadline has passed.
      await service
        .within(budget => this.subscription.setDeadline(others, 0, budget), RETURN_TIMEOUT_MS)
        .catch(() => {})
    }
  }

  /** Until nothing new comes. */
  private async readAll(deliveries: Map<string, Delivery>, budget: Budget): Promise<void> {
    for (let before = -1; before < deliveries.size; ) {
      before = deliveries.size
      for (const delivery of await this.subscription.pull(budget)) deliveries.set(delivery.messageId, delivery)
      if (deliveries.size < MAX_READ) continue
      this.reportOnce('size', `${this.subscription.place} has more than ${MAX_READ} messages; the others are not read`)
      return
    }
  }

  /** What this process has a lease on is not delivered to it again. */
  private withHeld(letters: Map<string, Letter>): Map<string, Letter> {
    for (const [id, { letter, untilMs }] of [...this.held]) {
      if (performance.now() >= untilMs) this.held.delete(id)
      else if (!letters.has(id)) letters.set(id, letter)
    }
    return letters
  }

  /** Each letter by its id, as its version that was published last has it. */
  private lettersIn(deliveries: readonly Delivery[]): Map<string, Letter> {
    const versions = deliveries.flatMap(({ messageId, publishedNs, ackId, text }) => {
      const message = parseMessage(text)
      if (typeof message === 'object') return [{ message, publishedNs, ackId }]
      const name = `message ${messageId} of ${this.subscription.place}`
      this.reportOnce(messageId, `${name} is no dead letter and is left alone: ${message}`)
      return []
    })
    versions.sort((a, b) => Number(b.publishedNs - a.publishedNs))
    const letters = new Map<string, { message: DeadLetterMessage; ackIds: string[] }>()
    for (const { message, ackId } of versions) {
      const newest = letters.get(message.message_id)
      if (newest === undefined) letters.set(message.message_id, { message, ackIds: [ackId] })
      else newest.ackIds.push(ackId)
    }
    return letters
  }

  private reportOnce(key: string, sentence: string): void {
    if (this.reported.has(key)) return
    this.reported.add(key)
    this.report(sentence)
  }
}

function byMessage(a: Letter, b: Letter): number {
  return byFailureTime(a.message, b.message)
}
