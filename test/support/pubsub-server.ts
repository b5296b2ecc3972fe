import { setTimeout as delay } from 'node:timers/promises'
import * as grpc from '@grpc/grpc-js'
import type { Scope } from './http-server.ts'
import { decodePubsub, encodePubsub } from './pubsub-proto.ts'

const METHODS = { Publisher: ['Publish'], Subscriber: ['Pull', 'Acknowledge', 'ModifyAckDeadline'] } as const
const POLL_MS = 5
const asBytes = (bytes: Buffer) => bytes

export interface PubsubCall {
  readonly method: string
  readonly request: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, grpc.MetadataValue>>
  readonly deadline: grpc.Deadline
}

/** Answers a call in the server's place; undefined lets it through. */
export type PubsubFault = (call: PubsubCall) => { code: grpc.status; details: string } | Buffer | 'silence' | undefined

interface Held {
  readonly data: Buffer
  readonly attributes: Record<string, string>
  readonly messageId: string
  readonly publishTime: { seconds: number; nanos: number }
  deliveries: number
  leasedUntilMs: number
}

export interface PubsubServer {
  readonly origin: string
  readonly calls: readonly PubsubCall[]
  /** Those not acknowledged, in the order of their publication. */
  readonly messages: Map<string, Held>
  /** Texts of the messages, and how long each is still leased. */
  letters(): { id: string; status: string; isLeased: boolean }[]
  put(text: string): void
  fail(method: string, fault: PubsubFault, times?: number): void
}

export const TOPIC = 'projects/demo/topics/letters'
export const SUBSCRIPTION = 'projects/demo/subscriptions/read-letters'
const ACK_DEADLINE_MS = 10_000

/** One topic with one subscription, served by the official gRPC implementation for Node; at most two messages a pull. */
export async function startPubsubServer(t: Scope): Promise<PubsubServer> {
  const calls: PubsubCall[] = []
  const messages = new Map<string, Held>()
  const faults: { method: string; fault: PubsubFault; times: number }[] = []
  let published = 0
  const server = new grpc.Server()

  const put = (data: Buffer, attributes: Record<string, string> = {}): string => {
    const messageId = `m${++published}`
    const publishTime = { seconds: 1_800_000_000 + published, nanos: published }
    messages.set(messageId, { data, attributes, messageId, publishTime, deliveries: 0, leasedUntilMs: 0 })
    return messageId
  }

  const works: Readonly<Record<string, (call: PubsubCall) => Promise<Buffer> | Buffer>> = {
    Publish({ request }) {
      if (request.topic !== TOPIC) throw missing(`Resource not found (resource=${request.topic}).`)
      const given = request.messages as { data: Buffer; attributes: Record<string, string> }[]
      const messageIds = given.map(({ data, attributes }) => put(data, attributes))
      return encodePubsub('PublishResponse', { messageIds })
    },
    async Pull(call) {
      requireSubscription(call)
      for (;;) {
        const free = [...messages.values()].filter(({ leasedUntilMs }) => leasedUntilMs <= performance.now())
        if (free.length > 0) return encodePubsub('PullResponse', { receivedMessages: free.slice(0, 2).map(deliver) })
        if (Number(call.deadline) <= Date.now() + POLL_MS) {
          throw Object.assign(new Error('late'), { code: grpc.status.DEADLINE_EXCEEDED })
        }
        await delay(POLL_MS)
      }
    },
    Acknowledge(call) {
      requireSubscription(call)
      for (const ackId of call.request.ackIds as string[]) if (deliveryOf(ackId)) messages.delete(ackId.split(':')[0]!)
      return Buffer.alloc(0)
    },
    ModifyAckDeadline(call) {
      requireSubscription(call)
      const seconds = Number(call.request.ackDeadlineSeconds ?? 0)
      for (const ackId of call.request.ackIds as string[]) {
        const held = deliveryOf(ackId)
        if (held !== undefined) held.leasedUntilMs = performance.now() + seconds * 1_000
      }
      return Buffer.alloc(0)
    },
  }

  function deliver(held: Held): object {
    held.deliveries++
    held.leasedUntilMs = performance.now() + ACK_DEADLINE_MS
    const { data, attributes, messageId, publishTime } = held
    return { ackId: `${messageId}:${held.deliveries}`, message: { data, attributes, messageId, publishTime } }
  }

  /** Undefined where a later delivery has taken its place. */
  function deliveryOf(ackId: string): Held | undefined {
    const [messageId = '', delivery] = ackId.split(':')
    const held = messages.get(messageId)
    return held?.deliveries === Number(delivery) ? held : undefined
  }

  for (const [service, methods] of Object.entries(METHODS)) {
    const definition = Object.fromEntries(methods.map(method => [method, definitionOf(service, method)]))
    const handlers = Object.fromEntries(methods.map(method => [method, handlerOf(method)]))
    server.addService(definition, handlers)
  }

  function handlerOf(method: string): grpc.handleUnaryCall<Buffer, Buffer> {
    return async (incoming, reply) => {
      const call: PubsubCall = {
        method,
        request: decodePubsub(`${method}Request`, incoming.request),
        metadata: incoming.metadata.getMap(),
        deadline: incoming.getDeadline(),
      }
      calls.push(call)
      const found = faults.find(fault => fault.method === method && fault.times > 0)
      if (found !== undefined) found.times--
      const fault = found?.fault(call)
      if (fault === 'silence') return
      try {
        if (fault !== undefined && !Buffer.isBuffer(fault)) throw fault
        reply(null, fault ?? (await works[method]!(call)))
      } catch (error) {
        reply(error as grpc.ServiceError)
      }
    }
  }

  t.after(() => server.forceShutdown())
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure()
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return {
    origin: `http://127.0.0.1:${port}`,
    calls,
    messages,
    letters: () =>
      [...messages.values()].map(({ data, leasedUntilMs }) => {
        const { message_id: id, status } = JSON.parse(data.toString()) as { message_id: string; status: string }
        return { id, status, isLeased: leasedUntilMs > performance.now() }
      }),
    put: text => void put(Buffer.from(text)),
    fail: (method, fault, times = 1) => void faults.push({ method, fault, times }),
  }
}

function requireSubscription({ request }: PubsubCall): void {
  if (request.subscription !== SUBSCRIPTION) throw missing(`Resource not found (resource=${request.subscription}).`)
}

function missing(details: string): object {
  return { code: grpc.status.NOT_FOUND, details }
}

function definitionOf(service: string, method: string): grpc.MethodDefinition<Buffer, Buffer> {
  const codec = { requestSerialize: asBytes, requestDeserialize: asBytes, responseSerialize: asBytes }
  const path = `/google.pubsub.v1.${service}/${method}`
  return { path, requestStream: false, responseStream: false, ...codec, responseDeserialize: asBytes }
}
