import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { isMessageId } from '../config/jobs.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../types/jobs.ts'
import { type Budget, RemoteTrouble } from './budget.ts'
import { type Change, checkChange, countByStatus, releaseOf, toStatus } from './changes.ts'
import { formatMessage, parseMessage, STATUSES } from './message-json.ts'
import { ABSENT, type StorageObjects, UnknownOutcome } from './storage-objects.ts'
import { byFailureTime, type StoredQueue } from './stored-queue.ts'

const FOLDER = 'dead-letter'
const NAME = new RegExp(`^${FOLDER}/(${STATUSES.join('|')})/(.+)\\.json$`)
/** A message may be filed into a folder that has been looked at already, out of one that has not. */
const LOOKS = 2
/** A change that others were faster than is tried again on what they have made of the message. */
const MAX_TRIES = 12
const MAX_PAUSE_MS = 100
const READS_AT_ONCE = 16

interface Found {
  readonly name: string
  readonly generation: string
  readonly text: string
  readonly message: DeadLetterMessage
}

/** What the bucket holds of one message. */
interface Place {
  /** The one that counts first; more than one while a message is being filed. */
  readonly found: readonly Found[]
  /** Generations of objects with the name of the message which are none, by that name. */
  readonly torn: ReadonlyMap<string, string>
}

/**
 * Dead letters as objects `dead-letter/<status>/<message_id>.json`. The status that counts is the message's own; the folder follows
 * it. A change is one write over the object where it lies, on the condition that nobody else has written it since: that is the moment
 * at which it happens, and one of several processes succeeds. Then the object is copied into the folder of its status and removed
 * from the other. An object that lies in the wrong folder, because its process was killed between the two, is read as any other, but
 * never written: whoever changes it next files it first. Objects that are no messages are reported, once each, and left alone.
 */
export class StorageQueue implements StoredQueue {
  readonly place: string
  private readonly objects: StorageObjects
  private readonly report: (sentence: string) => void
  private readonly reported = new Set<string>()

  constructor(objects: StorageObjects, place: string, report: (sentence: string) => void) {
    this.objects = objects
    this.place = place
    this.report = report
  }

  async publish(message: DeadLetterMessage): Promise<string> {
    formatMessage(message)
    await this.change(message.message_id, () => message, true)
    return message.message_id
  }

  async getPending(limit: number = Number.POSITIVE_INFINITY): Promise<DeadLetterMessage[]> {
    const pending = (await this.list()).filter(({ status }) => status === 'pending')
    return pending.slice(0, Math.max(0, limit))
  }

  async list(): Promise<DeadLetterMessage[]> {
    // Twice, for a message may be filed past the first look.
    const names = new Map<string, Set<string>>()
    for (let look = 0; look < LOOKS; look++) {
      for await (const name of this.objects.names(`${FOLDER}/`)) this.noteName(name, names)
    }
    const messages: DeadLetterMessage[] = []
    const waiting = [...names]
    const readNext = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [id, listed] = next
        const { found } = await this.objects.service.within(async budget => {
          const seen = await this.look(id, [...listed], budget)
          return seen.found.length === 0 ? this.locate(id, budget) : seen
        })
        if (found.length > 0) messages.push(found[0]!.message)
      }
    }
    await Promise.all(Array.from({ length: READS_AT_ONCE }, readNext)).finally(() => waiting.splice(0))
    return messages.sort(byFailureTime)
  }

  async get(messageId: string): Promise<DeadLetterMessage | undefined> {
    if (!isMessageId(messageId)) return undefined
    const { found } = await this.objects.service.within(budget => this.locate(messageId, budget))
    return found[0]?.message
  }

  markResolved(messageId: string): Promise<void> {
    return this.updateStatus(messageId, 'resolved')
  }

  markAbandoned(messageId: string, reason: string): Promise<void> {
    return this.updateStatus(messageId, 'abandoned', { abandoned_reason: reason })
  }

  async updateStatus(messageId: string, status: DeadLetterStatus, metadata?: Record<string, unknown>): Promise<void> {
    checkChange(messageId, status, this.place)
    await this.change(messageId, toStatus(messageId, status, metadata, this.place), status === 'retrying')
  }

  async release(messageId: string, isLeftBehind: (message: DeadLetterMessage) => boolean): Promise<boolean> {
    return this.change(messageId, releaseOf(isLeftBehind))
  }

  async getStats(): Promise<Record<DeadLetterStatus, number>> {
    return countByStatus(await this.list())
  }

  /**
   * Resolves to false where `changed` wants nothing to be changed; what it throws is passed on. `mayRepeat` is whether it does no harm to
   * make the change on top of others that have come after it, where it is not known whether it was made.
   */
  private change(id: string, changed: Change, mayRepeat = false): Promise<boolean> {
    return this.objects.service.within(async budget => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const place = await this.locate(id, budget)
        const message = changed(place.found[0]?.message)
        if (message === undefined) return false
        const isChanged = await this.replace(id, place, message, budget).catch(error => {
          if (mayRepeat && error instanceof UnknownOutcome) return false
          throw error
        })
        if (isChanged) return true
        await delay(Math.random() * MAX_PAUSE_MS)
      }
      throw new RemoteTrouble(
        `others keep changing dead letter ${id} in ${this.place}, or it is there twice, with different contents`,
        true,
      )
    })
  }

  /** Resolves to whether it did; otherwise somebody else has changed the message. */
  private async replace(id: string, place: Place, message: DeadLetterMessage, budget: Budget): Promise<boolean> {
    const text = formatMessage(message)
    const [current] = place.found
    if (current === undefined) return this.create(nameOf(id, message.status), text, place, budget)
    if (!(await this.putAwayRest(current, budget))) return false
    const filed = await this.file(current, place.torn, budget)
    if (filed === undefined) return false
    const generation = await this.objects.write(filed.name, text, filed.generation, budget)
    if (generation === undefined) return false
    // What has been changed stays changed: whoever comes next files it, if this fails.
    await this.file({ name: filed.name, generation, text, message }, place.torn, budget).catch(() => {})
    return true
  }

  private async create(name: string, text: string, { torn }: Place, budget: Budget): Promise<boolean> {
    const replaced = await this.keepTorn(name, torn, budget)
    return (await this.objects.write(name, text, replaced, budget)) !== undefined
  }

  /**
   * Removes what is left of a message in the folder of its last status: a process that is late could file it once more after the message
   * has moved on. What is left was there before the message was filed, so that looking after the message has been read finds it.
   * Resolves to false where there is something else.
   */
  private async putAwayRest({ name, text, message }: Found, budget: Budget): Promise<boolean> {
    const id = message.message_id
    const { found } = await this.look(
      id,
      namesOf(id).filter(other => other !== name),
      budget,
    )
    if (found.some(other => isFiled(other) || other.text !== text)) return false
    for (const rest of found) await this.objects.remove(rest.name, rest.generation, budget)
    return true
  }

  /** Puts a message into the folder of its status; undefined where somebody else is at it. */
  private async file(current: Found, torn: Place['torn'], budget: Budget): Promise<Found | undefined> {
    if (isFiled(current)) return current
    const { name, generation, message } = current
    const home = nameOf(message.message_id, message.status)
    const replaced = await this.keepTorn(home, torn, budget)
    const copied = await this.objects.copy(name, generation, home, replaced, budget)
    if (copied === undefined) return undefined
    await this.objects.remove(name, generation, budget)
    return { ...current, name: home, generation: copied }
  }

  /** What has the name of a message and is none is kept beside it. Resolves to the generation that a message may then replace. */
  private async keepTorn(name: string, torn: Place['torn'], budget: Budget): Promise<string> {
    const generation = torn.get(name)
    if (generation === undefined) return ABSENT
    await this.objects.copy(name, generation, `${name}.${randomBytes(6).toString('hex')}.torn`, ABSENT, budget)
    return generation
  }

  private async locate(id: string, budget: Budget): Promise<Place> {
    let place = await this.look(id, namesOf(id), budget)
    for (let look = 1; look < LOOKS && place.found.length === 0; look++)
      place = await this.look(id, namesOf(id), budget)
    return place
  }

  private async look(id: string, names: readonly string[], budget: Budget): Promise<Place> {
    const torn = new Map<string, string>()
    const found: Found[] = []
    const readOne = async (name: string): Promise<void> => {
      const object = await this.objects.read(name, budget)
      if (object === undefined) return
      if ('fault' in object) return this.reportObject(name, object.fault)
      const message = messageIn(object.text, id)
      if (typeof message === 'object') found.push({ name, ...object, message })
      else {
        torn.set(name, object.generation)
        this.reportObject(name, message)
      }
    }
    await Promise.all(names.map(readOne))
    return { found: found.sort(byCount), torn }
  }

  private noteName(name: string, names: Map<string, Set<string>>): void {
    // A console makes an empty object for a folder.
    if (name.endsWith('/')) return
    const id = NAME.exec(name)?.[2]
    if (id === undefined || !isMessageId(id)) this.reportObject(name, 'its name is no message id and .json')
    else names.set(id, (names.get(id) ?? new Set()).add(name))
  }

  private reportObject(name: string, fault: string): void {
    if (this.reported.has(name)) return
    this.reported.add(name)
    this.report(`${this.objects.place}/${name} is no dead letter and is left alone: ${fault}`)
  }
}

function nameOf(id: string, status: DeadLetterStatus): string {
  return `${FOLDER}/${status}/${id}.json`
}

function namesOf(id: string): string[] {
  return STATUSES.map(status => nameOf(id, status))
}

function messageIn(text: string, id: string): DeadLetterMessage | string {
  const message = parseMessage(text)
  if (typeof message === 'string' || message.message_id === id) return message
  return `its message_id is another one, ${message.message_id}`
}

function isFiled({ name, message }: Found): boolean {
  return name === nameOf(message.message_id, message.status)
}

/** What lies in the folder of its status counts, for it has been filed; then what was written last, as generations grow. */
function byCount(a: Found, b: Found): number {
  return Number(isFiled(b)) - Number(isFiled(a)) || Number(BigInt(b.generation) - BigInt(a.generation))
}
