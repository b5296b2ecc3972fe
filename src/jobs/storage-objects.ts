import { randomUUID } from 'node:crypto'
import type { StorageQueueConfig } from '../config/remote-queues.ts'
import { isRequestError, MAX_REPLY_BYTES } from '../net/exchange.ts'
import { createHttpClient, type HttpClient, type HttpReply } from '../net/http-client.ts'
import { parseRetryAfterMs } from '../net/retry-after.ts'
import { VERSION } from '../version.ts'
import { type Budget, RemoteTrouble } from './budget.ts'
import { GoogleService } from './google-service.ts'
import { causeOfHttpStatus, type Refusal, type ServiceWords } from './google-trouble.ts'
import { read } from './read.ts'

const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write'
const PAGE_SIZE = 1_000
/** Of an object's metadata: who has written it, which tells a write that succeeded unnoticed from another's. */
const WRITER = 'writer'
/** No live object has this generation: what is written with it must not be there yet. */
export const ABSENT = '0'

export interface StorageObject {
  readonly text: string
  /** Changes with every write, and is never used twice. */
  readonly generation: string
}

/** An answer was lost, and by now the object is another's. */
export class UnknownOutcome extends RemoteTrouble {
  constructor(object: string) {
    super(`it is not known whether ${object} was changed: the answer was lost, and others have changed it since`, false)
  }
}

type Method = (client: HttpClient) => (headers: Readonly<Record<string, string>>, budget: Budget) => Promise<HttpReply>

const GET: Method =
  client =>
  (headers, { signal }) =>
    client.get(headers, signal)
const DELETE: Method =
  client =>
  (headers, { signal }) =>
    client.delete(headers, signal)
const POST =
  (body: string): Method =>
  client =>
  (headers, { signal }) =>
    client.post(Buffer.from(body), headers, signal)

/** The objects of one bucket, by the JSON API of Cloud Storage. Methods reject with a `RemoteTrouble`. */
export class StorageObjects {
  readonly place: string
  private readonly bucket: string
  readonly service: GoogleService
  private readonly client: HttpClient

  constructor(config: StorageQueueConfig) {
    this.place = `gs://${config.bucket}`
    this.bucket = encodeURIComponent(config.bucket)
    this.service = new GoogleService(config, 'http', SCOPE)
    const { origin: url, proxy } = this.service.route
    const headers = { 'user-agent': `blueprint-tracing/${VERSION}` }
    this.client = createHttpClient({ url, proxy, headers, tls: undefined, timeoutMs: config.attemptTimeoutMs })
  }

  /** Undefined where there is none; what is wrong with it in one clause where it cannot be read. */
  async read(name: string, budget: Budget): Promise<StorageObject | { fault: string } | undefined> {
    let reply: HttpReply
    try {
      reply = await this.request('read', GET, `${this.pathOf(name)}?alt=media`, [404], budget)
    } catch (error) {
      const { cause } = error as RemoteTrouble
      if (isRequestError(cause) && cause.code === 'REPLY_TOO_LARGE') {
        return { fault: `it is larger than ${MAX_REPLY_BYTES} bytes` }
      }
      throw error
    }
    if (reply.status === 404) return undefined
    const generation = reply.headers['x-goog-generation']
    if (typeof generation !== 'string') throw this.unusable('no x-goog-generation')
    return { text: Buffer.from(reply.body).toString(), generation }
  }

  /** The names that begin with `prefix`, page by page; each page has a budget of its own. */
  async *names(prefix: string): AsyncGenerator<string> {
    for (let pageToken = ''; ; ) {
      const fields = 'items(name),nextPageToken'
      const query = new URLSearchParams({
        prefix,
        fields,
        maxResults: String(PAGE_SIZE),
        ...(pageToken && { pageToken }),
      })
      const { body } = await this.service.within(budget =>
        this.request('read', GET, `${this.objects}?${query}`, [], budget),
      )
      const page = this.json(body)
      const items = read(page, 'items') ?? []
      if (!Array.isArray(items)) throw this.unusable('no list of objects')
      for (const item of items) yield String(read(item, 'name'))
      const next = read(page, 'nextPageToken')
      if (typeof next !== 'string' || next === '' || next === pageToken) return
      pageToken = next
    }
  }

  /**
   * Writes over what has `generation`, and resolves to the new one; undefined where that is no longer what is there. Rejects with an
   * `UnknownOutcome` where that may have been this write's own doing.
   */
  async write(name: string, text: string, generation: string, budget: Budget): Promise<string | undefined> {
    const bytes = Buffer.byteLength(text)
    if (bytes > MAX_REPLY_BYTES) {
      throw new RangeError(`the dead letter has ${bytes} bytes; in ${this.place} one may have ${MAX_REPLY_BYTES}`)
    }
    const writer = randomUUID()
    const query = new URLSearchParams({ uploadType: 'multipart', name, ifGenerationMatch: generation })
    const path = `/upload${this.objects}?${query}`
    const attempts = { made: 0 }
    const post: Method = client => (headers, spent) => {
      attempts.made++
      const typed = { ...headers, 'content-type': `multipart/related; boundary=${writer}` }
      return POST(multipart(writer, { name, metadata: { [WRITER]: writer } }, text))(client)(typed, spent)
    }
    const { status, body } = await this.request('write to', post, path, [412], budget)
    if (status !== 412) return this.generationIn(this.json(body))
    if (attempts.made === 1) return undefined
    // An earlier attempt may have succeeded without an answer.
    const written = await this.generationWrittenBy(writer, name, budget)
    if (written === undefined) throw new UnknownOutcome(`${this.place}/${name}`)
    return written
  }

  /** Resolves to the generation of the copy; undefined where one of the two objects is no longer what it was. */
  async copy(
    from: string,
    generation: string,
    to: string,
    replaced: string,
    budget: Budget,
  ): Promise<string | undefined> {
    const conditions = new URLSearchParams({ ifSourceGenerationMatch: generation, ifGenerationMatch: replaced })
    const path = `${this.pathOf(from)}/rewriteTo${this.objects.replace('/storage/v1', '')}/${encodeURIComponent(to)}?${conditions}`
    const { status, body } = await this.request('write to', POST(''), path, [404, 412], budget)
    if (status === 404 || status === 412) return undefined
    const reply = this.json(body)
    if (read(reply, 'done') !== true) throw this.unusable('a copy that is not done')
    return this.generationIn(read(reply, 'resource'))
  }

  /** Removes what has `generation`; what is no longer there, or another, is left alone. */
  async remove(name: string, generation: string, budget: Budget): Promise<void> {
    // An emulator may look at one of the two only.
    const conditions = new URLSearchParams({ generation, ifGenerationMatch: generation })
    await this.request('write to', DELETE, `${this.pathOf(name)}?${conditions}`, [404, 412], budget)
  }

  async close(): Promise<void> {
    await this.service.close()
    await this.client.close()
  }

  private get objects(): string {
    return `/storage/v1/b/${this.bucket}/o`
  }

  private pathOf(name: string): string {
    return `${this.objects}/${encodeURIComponent(name)}`
  }

  private async generationWrittenBy(writer: string, name: string, budget: Budget): Promise<string | undefined> {
    const path = `${this.pathOf(name)}?fields=generation,metadata`
    const { status, body } = await this.request('read', GET, path, [404], budget)
    const found = status === 404 ? undefined : this.json(body)
    return read(read(found, 'metadata'), WRITER) === writer ? this.generationIn(found) : undefined
  }

  private generationIn(resource: unknown): string {
    const generation = read(resource, 'generation')
    if (typeof generation !== 'string') throw this.unusable('no generation')
    return generation
  }

  /** `accepted` are statuses beside the 2xx that are no trouble. */
  private request(
    doing: string,
    method: Method,
    path: string,
    accepted: readonly number[],
    budget: Budget,
  ): Promise<HttpReply> {
    const words: ServiceWords = {
      place: `cannot ${doing} the dead letter bucket ${this.place}`,
      role: 'roles/storage.objectUser on the bucket',
      missing: 'there is no such bucket; BUCKET names another',
    }
    const send = method(this.client)
    return this.service.call(
      words,
      headers => send({ ...headers, ':path': path }, budget),
      reply => (accepted.includes(reply.status) ? undefined : refusalIn(reply)),
      budget,
    )
  }

  private json(body: Uint8Array): unknown {
    try {
      return JSON.parse(Buffer.from(body).toString())
    } catch {
      throw this.unusable('no JSON')
    }
  }

  private unusable(what: string): RemoteTrouble {
    const { origin } = this.service.route
    return new RemoteTrouble(`${this.place}: the answer holds ${what}; is ${origin} Cloud Storage?`, false)
  }
}

function refusalIn({ status, headers, body }: HttpReply): Refusal | undefined {
  if (status >= 200 && status < 300) return undefined
  const retryAfter = headers['retry-after']
  const retryAfterMs = parseRetryAfterMs(typeof retryAfter === 'string' ? retryAfter : undefined, Date.now())
  return { cause: causeOfHttpStatus(status), shown: `HTTP ${status}`, said: messageIn(body), retryAfterMs }
}

/** Google's APIs answer errors with `{ error: { message } }`, and where media was asked for with text. */
function messageIn(body: Uint8Array): string {
  const text = Buffer.from(body).toString()
  try {
    const message = read(read(JSON.parse(text), 'error'), 'message')
    return typeof message === 'string' ? message : ''
  } catch {
    return text.startsWith('<') ? '' : text
  }
}

/** RFC 2387: the object's own fields, then its content. */
function multipart(boundary: string, fields: object, content: string): string {
  const part = (text: string): string => `--${boundary}\r\ncontent-type: application/json\r\n\r\n${text}\r\n`
  return `${part(JSON.stringify(fields))}${part(content)}--${boundary}--`
}
