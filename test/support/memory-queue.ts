import type { DeadLetterMessage, DeadLetterQueue, DeadLetterStatus } from '../../src/types/jobs.ts'

/** Keeps messages in this process; a part of it can be replaced to see what the caller does then. */
export class MemoryQueue implements DeadLetterQueue {
  readonly messages: Map<string, DeadLetterMessage> = new Map()

  async publish(message: DeadLetterMessage): Promise<string> {
    this.messages.set(message.message_id, message)
    return message.message_id
  }

  async getPending(limit?: number): Promise<DeadLetterMessage[]> {
    return [...this.messages.values()].filter(({ status }) => status === 'pending').slice(0, limit)
  }

  async get(messageId: string): Promise<DeadLetterMessage | undefined> {
    return this.messages.get(messageId)
  }

  markResolved(messageId: string): Promise<void> {
    return this.updateStatus(messageId, 'resolved')
  }

  markAbandoned(messageId: string, reason: string): Promise<void> {
    return this.updateStatus(messageId, 'abandoned', { abandoned_reason: reason })
  }

  async updateStatus(messageId: string, status: DeadLetterStatus, metadata = {}): Promise<void> {
    const message = this.messages.get(messageId)!
    this.messages.set(messageId, { ...message, status, metadata: { ...message.metadata, ...metadata } })
  }

  async getStats(): Promise<Record<DeadLetterStatus, number>> {
    const stats = { pending: 0, retrying: 0, resolved: 0, abandoned: 0 }
    for (const { status } of this.messages.values()) stats[status]++
    return stats
  }

  /** The one message that there is. */
  get only(): DeadLetterMessage {
    if (this.messages.size !== 1) throw new Error(`${this.messages.size} messages`)
    return [...this.messages.values()][0]!
  }
}
