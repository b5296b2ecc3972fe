import { existsSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isMessageId } from '../config/jobs.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../types/jobs.ts'
import { checkChange, countByStatus } from './changes.ts'
import { type Claim, Claims } from './claims.ts'
import { makeFolder, namesIn, readWhole, renamed, syncFolder, token, writeDurably } from './durable-file.ts'
import { fileTrouble } from './file-trouble.ts'
import { formatMessage, mergedMetadata, parseMessage, STATUSES } from './message-json.ts'
import {
  byFailureTime,
  DeadLetterConflict,
  MAY_COME_FROM,
  type StoredQueue,
  UnknownDeadLetter,
} from './stored-queue.ts'

const SUFFIX = '.json'
/** After which a claim is another's to take over: the process that made it has been killed, or its disk does not answer. */
const MAX_CLAIM_MS = 3_000
const CLAIM_CHECK_MS = 10
/** How often a message is looked for: it may be moved out of a folder before that is looked at, into one that has been. */
const LOOKS = 20
const MAX_FILE_BYTES = 64 * 1_048_576

/** Another process has taken the claim over. */
class LostClaim extends Error {}

/**
 * Dead letters as files `<status>/<message_id>.json`. The folder says what the status is. To change a message a process renames
 * its file, which one of several can do, writes the new one and removes the old: killed at whatever moment, it leaves the message
 * whole, in a status folder or in the claim. Files that are no messages are reported, once each, and left alone.
 */
export class DirectoryQueue implements StoredQueue {
  readonly place: string
  private readonly folder: string
  private readonly claims: Claims
  private readonly report: (sentence: string) => void
  private readonly reported = new Set<string>()

  constructor(folder: string, report: (sentence: string) => void = () => {}) {
    this.folder = resolve(folder)
    this.claims = new Claims(this.folder)
    this.place = `the folder ${this.folder}`
    this.report = report
  }

  async publish(message: DeadLetterMessage): Promise<string> {
    const text = formatMessage(message)
    const { message_id: id, status } = message
    await this.change(id, STATUSES, claim => {
      const isTorn = claim !== undefined && this.keepTorn(claim, id)
      this.store(id, status, text, isTorn ? undefined : claim)
    })
    return id
  }

  async getPending(limit: number = Number.POSITIVE_INFINITY): Promise<DeadLetterMessage[]> {
    return (await this.messagesIn(['pending'])).slice(0, Math.max(0, limit))
  }

  async list(): Promise<DeadLetterMessage[]> {
    this.reportUnfinished()
    return this.messagesIn(STATUSES)
  }

  async get(messageId: string): Promise<DeadLetterMessage | undefined> {
    return isMessageId(messageId) ? this.find(messageId) : undefined
  }

  markResolved(messageId: string): Promise<void> {
    return this.updateStatus(messageId, 'resolved')
  }

  markAbandoned(messageId: string, reason: string): Promise<void> {
    return this.updateStatus(messageId, 'abandoned', { abandoned_reason: reason })
  }

  async updateStatus(messageId: string, status: DeadLetterStatus, metadata?: Record<string, unknown>): Promise<void> {
    checkChange(messageId, status, this.place)
    const isClaimed = await this.change(messageId, MAY_COME_FROM[status], claim => {
      if (claim !== undefined) this.store(messageId, status, this.changed(claim, messageId, status, metadata), claim)
      return claim !== undefined
    })
    if (isClaimed) return
    const present = this.find(messageId)
    if (present === undefined) throw new UnknownDeadLetter(messageId, this.place)
    throw new DeadLetterConflict(messageId, present.status)
  }

  release(messageId: string, isLeftBehind: (message: DeadLetterMessage) => boolean): Promise<boolean> {
    return this.change(messageId, ['retrying'], claim => {
      const message = claim && this.read(claim.path, 'retrying')
      const isReleased = typeof message === 'object' && isLeftBehind(message)
      if (isReleased) this.store(messageId, 'pending', formatMessage({ ...message, status: 'pending' }), claim)
      else if (claim !== undefined) this.putBack(claim, messageId)
      return isReleased
    })
  }

  async getStats(): Promise<Record<DeadLetterStatus, number>> {
    return countByStatus(this.messagesIn(STATUSES))
  }

  /** Does `work` with a claim, undefined where the message is in none of `from`; once more where the claim was lost meanwhile. */
  private async change<T>(
    id: string,
    from: readonly DeadLetterStatus[],
    work: (claim: Claim | undefined) => T,
  ): Promise<T> {
    try {
      const claim = await this.claim(id, from)
      return work(claim)
    } catch (error) {
      if (error instanceof LostClaim) return await this.change(id, from, work)
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
      throw fileTrouble('write to', this.folder, error)
    }
  }

  /** Takes the message out of its folder, so that nobody else changes it; undefined where it is in none of `from`. */
  private async claim(id: string, from: readonly DeadLetterStatus[]): Promise<Claim | undefined> {
    if (!existsSync(this.folder)) return undefined
    makeFolder(this.claims.folder)
    let seen: string | undefined
    let patienceEndsMs = 0
    for (let look = 0; look < LOOKS; ) {
      const claim = this.claimNow(id, from)
      if (claim !== undefined) return claim
      const [other] = this.isFiled(id) ? [] : this.claims.on(id)
      if (other === undefined) look++
      else if (other.path !== seen) {
        seen = other.path
        patienceEndsMs = performance.now() + MAX_CLAIM_MS
      } else if (performance.now() < patienceEndsMs) await delay(CLAIM_CHECK_MS)
      else {
        look++
        this.putBack(other, id)
      }
    }
    return undefined
  }

  /** Makes a claimed message what it was before, also where its folder has gone since: copies of folders may lack the empty ones. */
  private putBack({ path, from }: Claim, id: string): void {
    makeFolder(join(this.folder, from))
    renamed(path, this.file(from, id))
  }

  private claimNow(id: string, from: readonly DeadLetterStatus[]): Claim | undefined {
    for (const status of from) {
      const path = this.claims.newPath(id, status)
      if (!renamed(this.file(status, id), path)) continue
      // Other claims are of processes that have filed the message and were killed, or are about to remove theirs.
      for (const other of this.claims.on(id)) if (other.path !== path) rmSync(other.path, { force: true })
      return { path, from: status }
    }
    return undefined
  }

  private isFiled(id: string): boolean {
    return STATUSES.some(status => existsSync(this.file(status, id)))
  }

  /** Where it fails the message is again what it was. */
  private store(id: string, status: DeadLetterStatus, text: string, claim: Claim | undefined): void {
    let held = claim
    try {
      makeFolder(this.claims.folder)
      makeFolder(join(this.folder, status))
      writeDurably(this.file(status, id), text, this.claims.folder, () => {
        held = held && this.renewed(held, id)
      })
    } catch (error) {
      if (held !== undefined) this.putBack(held, id)
      throw error
    }
    if (held === undefined) return
    rmSync(held.path, { force: true })
    syncFolder(join(this.folder, held.from))
  }

  /** The claim by a new name, for which others wait anew. Throws a LostClaim where it is no longer ours. */
  private renewed({ path, from }: Claim, id: string): Claim {
    const renewed = { path: this.claims.newPath(id, from), from }
    if (!renamed(path, renewed.path)) throw new LostClaim()
    return renewed
  }

  /** What has the name of a message and is none is not replaced by one. Says whether it was so. */
  private keepTorn({ path, from }: Claim, id: string): boolean {
    const fault = this.read(path, from)
    if (typeof fault !== 'string') return false
    const kept = `${this.file(from, id)}.${token()}.torn`
    if (renamed(path, kept)) this.reportFile(kept, fault)
    return true
  }

  private changed(claim: Claim, id: string, status: DeadLetterStatus, metadata: unknown): string {
    const { path, from } = claim
    try {
      const message = this.read(path, from)
      if (message === undefined) throw new LostClaim()
      if (typeof message === 'string') throw new Error(`${basename(path)} is no dead letter to be changed: ${message}`)
      return formatMessage({ ...message, status, metadata: mergedMetadata(message, metadata) })
    } catch (error) {
      this.putBack(claim, id)
      throw error
    }
  }

  private find(id: string): DeadLetterMessage | undefined {
    for (let look = 0; look < LOOKS; look++) {
      for (const status of STATUSES) {
        const message = this.readReporting(this.file(status, id), status)
        if (message !== undefined) return message
      }
      for (const { path, from } of this.claims.on(id)) {
        const message = this.readReporting(path, from)
        if (message !== undefined) return message
      }
    }
    return undefined
  }

  /** Ids are gathered twice, for a message may be moved past the first look; each is then looked up by itself. */
  private messagesIn(statuses: readonly DeadLetterStatus[]): DeadLetterMessage[] {
    const ids = new Set([...this.idsIn(statuses), ...this.idsIn(statuses)])
    const messages = Array.from(ids, id => this.find(id)).filter(message => message !== undefined)
    return messages.filter(({ status }) => statuses.includes(status)).sort(byFailureTime)
  }

  private idsIn(statuses: readonly DeadLetterStatus[]): string[] {
    const filed = statuses.flatMap(status => this.filesIn(status).map(name => name.slice(0, -SUFFIX.length)))
    return [...filed, ...this.claims.ids()]
  }

  private filesIn(status: DeadLetterStatus): string[] {
    return namesIn(this.folder, status).filter(name => {
      const isOurs = name.endsWith(SUFFIX) && isMessageId(name.slice(0, -SUFFIX.length))
      if (!isOurs) this.reportFile(join(this.folder, status, name), 'its name is no message id and .json')
      return isOurs
    })
  }

  private reportUnfinished(): void {
    for (const path of this.claims.unfinished()) this.reportFile(path, 'whoever wrote it has not finished')
  }

  private readReporting(path: string, status: DeadLetterStatus): DeadLetterMessage | undefined {
    const message = this.read(path, status)
    if (typeof message !== 'string') return message
    this.reportFile(path, message)
    return undefined
  }

  /** The message, what is wrong with the file, or undefined where there is none. */
  private read(path: string, status: DeadLetterStatus): DeadLetterMessage | string | undefined {
    const content = readWhole(path, MAX_FILE_BYTES)
    if (content === undefined) return undefined
    if ('fault' in content) return content.fault
    const message = parseMessage(content.text)
    if (typeof message === 'string') return message
    const named = basename(path)
      .split('@')[0]!
      .replace(/\.json$/, '')
    if (message.message_id !== named) return `its message_id is another one, ${message.message_id}`
    // The folder was changed first, by us or by hand.
    return { ...message, status }
  }

  private reportFile(path: string, fault: string): void {
    if (this.reported.has(path)) return
    this.reported.add(path)
    this.report(`${path} is no dead letter and is left alone: ${fault}`)
  }

  private file(status: DeadLetterStatus, id: string): string {
    return join(this.folder, status, id + SUFFIX)
  }
}
