import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isMessageId } from '../config/jobs.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../types/jobs.ts'
import { choiceOf, wrongValue } from '../validate.ts'
import { makeFolder, readWhole, renamed, syncFolder, token, writeDurably } from './durable-file.ts'
import { fileTrouble, isMissing } from './file-trouble.ts'
import { formatMessage, mergedMetadata, parseMessage, STATUSES } from './message-json.ts'
import {
  byFailureTime,
  DeadLetterConflict,
  MAY_COME_FROM,
  type StoredQueue,
  UnknownDeadLetter,
} from './stored-queue.ts'

const SUFFIX = '.json'
/** Holds what is being written and what is being moved. */
const IN_MOTION = '.in-motion'
/** `<id>@<status>@<token>`: a message that one process has taken out of the folder of that status, to change it. */
const CLAIM = new RegExp(`^(.+)@(${STATUSES.join('|')})@[0-9a-f]{12}$`)
/** After which a claim is another's to take over: the process that made it has been killed. */
const MAX_CLAIM_MS = 3_000
const CLAIM_CHECK_MS = 10
/** Before that it is being written. */
const UNFINISHED_AFTER_MS = 60_000
/** How often a message is looked for: it may be moved out of a folder before that is looked at, into one that has been. */
const LOOKS = 20
const MAX_FILE_BYTES = 64 * 1_048_576

interface Claim {
  /** Where the message is now. */
  readonly path: string
  readonly from: DeadLetterStatus
}

/**
 * Dead letters as files `<status>/<message_id>.json`. The folder says what the status is. To change a message a process renames
 * its file, which one of several can do, writes the new one and removes the old: killed at whatever moment, it leaves the message
 * whole, in a status folder or in the claim. Files that are no messages are reported, once each, and left alone.
 */
export class DirectoryQueue implements StoredQueue {
  readonly place: string
  private readonly folder: string
  private readonly report: (sentence: string) => void
  private readonly reported = new Set<string>()

  constructor(folder: string, report: (sentence: string) => void = () => {}) {
    this.folder = resolve(folder)
    this.place = `the folder ${this.folder}`
    this.report = report
  }

  async publish(message: DeadLetterMessage): Promise<string> {
    const text = formatMessage(message)
    const { message_id: id, status } = message
    const claim = await this.write(() => this.claim(id, STATUSES))
    await this.write(() => {
      if (claim !== undefined) this.keepTorn(claim, id)
      this.store(id, status, text, claim)
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
    if (!isMessageId(messageId)) throw new UnknownDeadLetter(String(messageId), this.place)
    if (!STATUSES.includes(status)) throw wrongValue('status', choiceOf(STATUSES), status)
    const from = MAY_COME_FROM[status]
    const claim = await this.write(() => this.claim(messageId, from))
    if (claim === undefined) {
      const present = this.find(messageId)
      throw present === undefined
        ? new UnknownDeadLetter(messageId, this.place)
        : new DeadLetterConflict(messageId, present.status)
    }
    await this.write(() => this.store(messageId, status, this.changed(claim, messageId, status, metadata), claim))
  }

  async release(messageId: string, isLeftBehind: (message: DeadLetterMessage) => boolean): Promise<boolean> {
    const claim = await this.write(() => this.claim(messageId, ['retrying']))
    if (claim === undefined) return false
    return this.write(() => {
      const message = this.read(claim.path, 'retrying')
      const isReleased = typeof message === 'object' && isLeftBehind(message)
      if (isReleased) this.store(messageId, 'pending', formatMessage({ ...message, status: 'pending' }), claim)
      else this.putBack(claim, messageId)
      return isReleased
    })
  }

  async getStats(): Promise<Record<DeadLetterStatus, number>> {
    const stats = { pending: 0, retrying: 0, resolved: 0, abandoned: 0 }
    for (const { status } of this.messagesIn(STATUSES)) stats[status]++
    return stats
  }

  /** Takes the message out of its folder, so that nobody else changes it; undefined where it is in none of `from`. */
  private async claim(id: string, from: readonly DeadLetterStatus[]): Promise<Claim | undefined> {
    if (!existsSync(this.folder)) return undefined
    makeFolder(join(this.folder, IN_MOTION))
    const patienceEndsMs = performance.now() + MAX_CLAIM_MS
    for (let look = 0; look < LOOKS; ) {
      const claim = this.claimNow(id, from)
      if (claim !== undefined) return claim
      const claims = this.isFiled(id) ? [] : this.claimsOn(id)
      if (claims.length === 0) look++
      else if (performance.now() < patienceEndsMs) await delay(CLAIM_CHECK_MS)
      else {
        look++
        this.putBack(claims[0]!, id)
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
      const path = join(this.folder, IN_MOTION, `${id}@${status}@${token()}`)
      if (!renamed(this.file(status, id), path)) continue
      // Other claims are of processes that have filed the message and were killed, or are about to remove theirs.
      for (const other of this.claimsOn(id)) if (other.path !== path) rmSync(other.path, { force: true })
      return { path, from: status }
    }
    return undefined
  }

  private isFiled(id: string): boolean {
    return STATUSES.some(status => existsSync(this.file(status, id)))
  }

  /** Where it fails the message is again what it was. */
  private store(id: string, status: DeadLetterStatus, text: string, claim: Claim | undefined): void {
    try {
      makeFolder(join(this.folder, IN_MOTION))
      makeFolder(join(this.folder, status))
      writeDurably(this.file(status, id), text, join(this.folder, IN_MOTION))
    } catch (error) {
      if (claim !== undefined) this.putBack(claim, id)
      throw error
    }
    if (claim === undefined) return
    rmSync(claim.path, { force: true })
    syncFolder(join(this.folder, claim.from))
  }

  /** What has the name of a message and is none is not replaced by one. */
  private keepTorn({ path, from }: Claim, id: string): void {
    const fault = this.read(path, from)
    if (typeof fault !== 'string') return
    const kept = `${this.file(from, id)}.${token()}.torn`
    if (renamed(path, kept)) this.reportFile(kept, fault)
  }

  private changed(claim: Claim, id: string, status: DeadLetterStatus, metadata: unknown): string {
    const { path, from } = claim
    try {
      const message = this.read(path, from) ?? 'it is gone'
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
      for (const { path, from } of this.claimsOn(id)) {
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
    return [...filed, ...this.namesIn(IN_MOTION).flatMap(name => CLAIM.exec(name)?.[1] ?? [])]
  }

  private filesIn(status: DeadLetterStatus): string[] {
    return this.namesIn(status).filter(name => {
      const isOurs = name.endsWith(SUFFIX) && isMessageId(name.slice(0, -SUFFIX.length))
      if (!isOurs) this.reportFile(join(this.folder, status, name), 'its name is no message id and .json')
      return isOurs
    })
  }

  /** The newest first: only that one can hold more than what has been filed since. */
  private claimsOn(id: string): Claim[] {
    const claims = this.namesIn(IN_MOTION).flatMap(name => {
      const [, claimed, from] = CLAIM.exec(name) ?? []
      if (claimed !== id) return []
      const path = join(this.folder, IN_MOTION, name)
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
      return stats === undefined ? [] : [{ path, from: from as DeadLetterStatus, writtenNs: stats.mtimeNs }]
    })
    return claims.sort((a, b) => Number(b.writtenNs - a.writtenNs))
  }

  private reportUnfinished(): void {
    for (const name of this.namesIn(IN_MOTION).filter(name => !CLAIM.test(name))) {
      const path = join(this.folder, IN_MOTION, name)
      const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
      if (Date.now() - writtenMs > UNFINISHED_AFTER_MS) this.reportFile(path, 'whoever wrote it has not finished')
    }
  }

  private namesIn(folder: string): string[] {
    try {
      return readdirSync(join(this.folder, folder))
    } catch (error) {
      if (isMissing(error)) return []
      throw fileTrouble('read', this.folder, error)
    }
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

  private async write<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
      throw fileTrouble('write to', this.folder, error)
    }
  }
}
