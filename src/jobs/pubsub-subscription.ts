import type { PubsubQueueConfig } from '../config/remote-queues.ts'
import { MAX_REPLY_BYTES } from '../net/exchange.ts'
import { createGrpcClient, type GrpcClient, type GrpcReply } from '../net/grpc-client.ts'
import { VERSION } from '../version.ts'
import { type Budget, RemoteTrouble } from './budget.ts'
import { GoogleService } from './google-service.ts'
import type { Refusal, ServiceWords } from './google-trouble.ts'
import {
  countPublished,
  type Delivery,
  encodeAcknowledge,
  encodeDeadline,
  encodePublish,
  encodePull,
  parsePulled,
} from './pubsub-messages.ts'

const SCOPE = 'https://www.googleapis.com/auth/pubsub'
/** A message has some kilobytes, and a reply may have four megabytes. */
const MAX_PULLED = 100
/** A request may have 512 KiB, and an id has some hundred bytes. */
const MAX_ACK_IDS = 500

/** A topic and one of its subscriptions, by Pub/Sub's gRPC API. Methods reject with a `RemoteTrouble`. */
export class PubsubSubscription {
  /** What messages call it. */
  readonly place: string
  private readonly config: PubsubQueueConfig
  readonly service: GoogleService
  private readonly client: GrpcClient

  constructor(config: PubsubQueueConfig) {
    const { topic, subscription } = config
    this.place = subscription === undefined ? `Pub/Sub topic ${topic}` : `Pub/Sub subscription ${subscription}`
    this.config = config
    this.service = new GoogleService(config, 'grpc', SCOPE)
    this.client = createGrpcClient({
      url: config.origin,
      proxy: this.service.route.proxy,
      tls: undefined,
      headers: { 'user-agent': `blueprint-tracing/${VERSION}` },
      timeoutMs: config.attemptTimeoutMs,
      compression: 'none',
    })
  }

  /** Resolves once the server has the message. */
  async publish(text: string, attributes: Readonly<Record<string, string>>, budget: Budget): Promise<void> {
    const { topic } = this.config
    const bytes = Buffer.byteLength(text)
    if (bytes > MAX_REPLY_BYTES) {
      throw new RangeError(`the dead letter has ${bytes} bytes; in Pub/Sub one may have ${MAX_REPLY_BYTES}`)
    }
    const name = await this.nameOf('topics', topic, 'PUBSUB_TOPIC', budget)
    const words: ServiceWords = {
      place: `cannot publish to Pub/Sub topic ${topic}`,
      role: 'roles/pubsub.publisher on the topic',
      missing: 'there is no such topic; create it, or let PUBSUB_TOPIC name another',
    }
    const request = encodePublish(name, text, attributes)
    const reply = await this.call('Publisher/Publish', `topic=${encodeURIComponent(name)}`, request, words, budget)
    if (reading(() => countPublished(reply.message ?? new Uint8Array()), words) !== 1) {
      throw new RemoteTrouble(`${words.place}: the answer does not say that the message was taken`, false)
    }
  }

  /** Messages that nobody else has at the moment; none where none has come within `pullWaitMs`. */
  async pull(budget: Budget): Promise<Delivery[]> {
    const name = await this.subscription(budget)
    const waiting = { 'grpc-timeout': `${this.config.pullWaitMs}m` }
    const reply = await this.read('Pull', encodePull(name, MAX_PULLED), budget, waiting)
    if (reply.status.name !== 'OK' || reply.message === undefined) return []
    const { message } = reply
    return reading(() => parsePulled(message), this.readingWords)
  }

  /** They are not delivered again. */
  async acknowledge(ackIds: readonly string[], budget: Budget): Promise<void> {
    const name = await this.subscription(budget)
    for (const some of inChunks(ackIds)) await this.read('Acknowledge', encodeAcknowledge(name, some), budget)
  }

  /** They are delivered again after so many seconds, with 0 at once. */
  async setDeadline(ackIds: readonly string[], seconds: number, budget: Budget): Promise<void> {
    const name = await this.subscription(budget)
    for (const some of inChunks(ackIds))
      await this.read('ModifyAckDeadline', encodeDeadline(name, some, seconds), budget)
  }

  async close(): Promise<void> {
    await this.service.close()
    await this.client.close()
  }

  private async subscription(budget: Budget): Promise<string> {
    const { topic, subscription } = this.config
    if (subscription === undefined) {
      const create = `gcloud pubsub subscriptions create NAME --topic=${topic}`
      throw new RemoteTrouble(
        `dead letters in Pub/Sub topic ${topic} cannot be read or changed without a subscription: create one (${create}) and let PUBSUB_SUBSCRIPTION name it`,
        false,
      )
    }
    return this.nameOf('subscriptions', subscription, 'PUBSUB_SUBSCRIPTION', budget)
  }

  private async nameOf(collection: string, id: string, variable: string, budget: Budget): Promise<string> {
    if (id.includes('/')) return id
    const projectId = this.config.projectId ?? (await this.service.projectId(budget))
    if (projectId !== undefined) return `projects/${projectId}/${collection}/${id}`
    const whole = `projects/<project>/${collection}/${id}`
    throw new RemoteTrouble(`the project of ${id} is not known; set GCP_PROJECT_ID, or ${variable} to ${whole}`, false)
  }

  private get readingWords(): ServiceWords {
    return {
      place: `cannot read ${this.place}`,
      role: 'roles/pubsub.subscriber on the subscription',
      missing: 'there is no such subscription; create it, or let PUBSUB_SUBSCRIPTION name another',
    }
  }

  private async read(
    method: string,
    request: Uint8Array,
    budget: Budget,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<GrpcReply> {
    const parameters = `subscription=${encodeURIComponent(await this.subscription(budget))}`
    return this.call(`Subscriber/${method}`, parameters, request, this.readingWords, budget, metadata)
  }

  private call(
    method: string,
    parameters: string,
    request: Uint8Array,
    words: ServiceWords,
    budget: Budget,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<GrpcReply> {
    const path = `/google.pubsub.v1.${method}`
    // Waiting for messages ends like that.
    const accepted = method === 'Subscriber/Pull' ? ['OK', 'DEADLINE_EXCEEDED'] : ['OK']
    return this.service.call(
      words,
      headers => {
        const own = { ...headers, 'x-goog-request-params': parameters, ...metadata }
        return this.client.call(path, request, budget.signal, own)
      },
      ({ status, retryAfterMs }): Refusal | undefined => {
        if (accepted.includes(status.name)) return undefined
        return { cause: status.name, shown: `gRPC ${status.name}`, said: status.message, retryAfterMs }
      },
      budget,
    )
  }
}

function reading<T>(read: () => T, { place }: ServiceWords): T {
  try {
    return read()
  } catch (error) {
    throw new RemoteTrouble(`${place}: the answer cannot be read`, false, undefined, error)
  }
}

function* inChunks(ackIds: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ackIds.length; start += MAX_ACK_IDS) yield ackIds.slice(start, start + MAX_ACK_IDS)
}
