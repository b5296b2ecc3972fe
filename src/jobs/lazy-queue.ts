import type { DeadLetterMessage, DeadLetterStatus } from '../types/jobs.ts'
import type { StoredQueue } from './stored-queue.ts'

/** A queue whose code is loaded by the first use of it. */
export class LazyQueue implements StoredQueue {
  readonly place: string
  private readonly load: () => Promise<StoredQueue>
  private loading: Promise<StoredQueue> | undefined

  constructor(place: string, load: () => Promise<StoredQueue>) {
    this.place = place
    this.load = load
  }

  async publish(message: DeadLetterMessage): Promise<string> {
    return (await this.queue).publish(message)
  }

  async getPending(limit?: number): Promise<DeadLetterMessage[]> {
    return (await this.queue).getPending(limit)
  }

  async list(): Promise<DeadLetterMessage[]> {
    return (await this.queue).list()
  }

  async get(messageId: string): Promise<DeadLetterMessage | undefined> {
    return (await this.queue).get(messageId)
  }

  async markResolved(messageId: string): Promise<void> {
    return (await this.queue).markResolved(messageId)
  }

  async markAbandoned(messageId: string, reason: string): Promise<void> {
    return (await this.queue).markAbandoned(messageId, reason)
  }

  async updateStatus(messageId: string, status: DeadLetterStatus, metadata?: Record<string, unknown>): Promise<void> {
    return (await this.queue).updateStatus(messageId, status, metadata)
  }

  async release(messageId: string, isLeftBehind: (message: DeadLetterMessage) => boolean): Promise<boolean> {
    return (await this.queue).release(messageId, isLeftBehind)
  }

  async getStats(): Promise<Record<DeadLetterStatus, number>> {
    return (await this.queue).getStats()
  }

  private get queue(): Promise<StoredQueue> {
    this.loading ??= this.load()
    return this.loading
  }
}
