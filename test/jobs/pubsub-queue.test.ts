import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import type { PubsubQueueConfig } from '../../src/config/remote-queues.ts'
import type { PubsubQueue } from '../../src/jobs/pubsub-queue.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../../src/types/jobs.ts'
import { deadLetter } from '../support/dead-letters.ts'
import { SECRETS, startGoogle } from '../support/google.ts'
import { googleConfig, writeCredentials } from '../support/google-files.ts'
import { closedPort, listen, startHttpServer } from '../support/http-server.ts'
import { encodePubsub } from '../support/pubsub-proto.ts'
import { type PubsubFault, type PubsubServer, startPubsubServer, TOPIC } from '../support/pubsub-server.ts'
import { pubsubConfig, pubsubQueue, type RemoteFixture } from '../support/remote-queues.ts'

interface Fixture extends RemoteFixture<PubsubQueue> {
  readonly server: PubsubServer
  readonly config: PubsubQueueConfig
  /** Beside the first, as another process has it. */
  another(): PubsubQueue
}

async function fixture(t: TestContext, overrides: Partial<PubsubQueueConfig> = {}): Promise<Fixture> {
  const server = await startPubsubServer(t)
  const config = pubsubConfig(t, server.origin, overrides)
  return { server, config, another: () => pubsubQueue(t, config).queue, ...pubsubQueue(t, config) }
}

const ids = (messages: readonly DeadLetterMessage[]): string[] => messages.map(message => message.message_id)

describe('a message in a topic', { concurrency: true }, () => {
  test('is published with its id and status beside it, and read back as it was, as often as it is read', async t => {
    const { server, queue, another } = await fixture(t)
    const message = deadLetter({ original_payload: { text: 'é' } })
    assert.equal(await queue.publish(message), message.message_id)
    const [held] = server.messages.values()
    assert.deepEqual(held?.attributes, { message_id: message.message_id, status: 'pending' })
    assert.deepEqual(JSON.parse(held!.data.toString()), message)
    assert.equal(server.calls[0]!.metadata['x-goog-request-params'], `topic=${encodeURIComponent(TOPIC)}`)
    assert.deepEqual(await queue.get(message.message_id), message)
    assert.deepEqual(await another().list(), [message])
    assert.deepEqual(server.letters(), [{ id: message.message_id, status: 'pending', isLeased: false }])
  })

  test('that is none, or larger than one that can be read, is refused, and nothing is asked', async t => {
    const { server, queue } = await fixture(t)
    await assert.rejects(queue.publish({ ...deadLetter(), message_id: '../x' }), TypeError)
    await assert.rejects(queue.publish(deadLetter({ traceback: 'x'.repeat(4 * 1_048_576) })), {
      message: /^the dead letter has \d+ bytes; in Pub\/Sub one may have 4194304$/,
    })
    assert.equal(server.calls.length, 0)
  })

  test('is published anew when it changes, and what it was is gone; a resolved one is gone altogether', async t => {
    const { server, queue } = await fixture(t)
    const id = await queue.publish(deadLetter({ metadata: { a: 1 } }))
    const steps: readonly [change: () => Promise<void>, status: DeadLetterStatus, metadata: object][] = [
      [() => queue.updateStatus(id, 'retrying', { by: 'me' }), 'retrying', { a: 1, by: 'me' }],
      [() => queue.updateStatus(id, 'pending'), 'pending', { a: 1, by: 'me' }],
      [() => queue.markAbandoned(id, 'no use'), 'abandoned', { a: 1, by: 'me', abandoned_reason: 'no use' }],
    ]
    for (const [change, status, metadata] of steps) {
      await change()
      assert.deepEqual(server.letters(), [{ id, status, isLeased: false }])
      assert.deepEqual((await queue.get(id))?.metadata, metadata)
    }
    await queue.markResolved(id)
    assert.deepEqual(server.letters(), [])
    assert.equal(await queue.get(id), undefined)
  })

  test('published again counts as it was published last, and the next change removes what it was', async t => {
    const { server, queue, another } = await fixture(t)
    const message = deadLetter()
    await queue.publish(message)
    await queue.updateStatus(message.message_id, 'retrying')
    await another().publish({ ...message, attempt_count: 2 })
    assert.deepEqual(
      server.letters().map(letter => letter.status),
      ['retrying', 'pending'],
    )
    assert.equal((await queue.get(message.message_id))?.attempt_count, 2)
    await queue.markAbandoned(message.message_id, 'no use')
    assert.deepEqual(
      server.letters().map(letter => letter.status),
      ['abandoned'],
    )
  })

  test('is kept from others for a minute before it is changed', async t => {
    const { server, queue } = await fixture(t)
    const id = await queue.publish(deadLetter())
    await queue.updateStatus(id, 'retrying')
    const changing = server.calls.filter(({ method }) => method !== 'Pull').slice(1)
    assert.deepEqual(
      changing.map(({ method, request }) => `${method} ${request.ackDeadlineSeconds ?? ''}`.trim()),
      ['ModifyAckDeadline 60', 'Publish', 'Acknowledge'],
    )
  })

  test('that is being retried cannot be claimed, and is released only if what is stored says so', async t => {
    const { server, queue } = await fixture(t)
    const id = await queue.publish(deadLetter())
    assert.equal(await queue.release(id, () => true), false)
    await queue.updateStatus(id, 'retrying', { retry: 1 })
    await assert.rejects(queue.updateStatus(id, 'retrying'), {
      name: 'DeadLetterConflict',
      message: `dead letter ${id} is being retried already`,
    })
    assert.equal(await queue.release(id, message => message.metadata.retry !== 1), false)
    assert.equal(await queue.release(id, message => message.metadata.retry === 1), true)
    assert.deepEqual(server.letters(), [{ id, status: 'pending', isLeased: false }])
  })

  test('that is not there is said, and that another process may be reading it', async t => {
    const { queue } = await fixture(t)
    assert.equal(await queue.get('../x'), undefined)
    await assert.rejects(queue.updateStatus('x', 'lost' as DeadLetterStatus), RangeError)
    await assert.rejects(queue.markResolved('none'), {
      name: 'UnknownDeadLetter',
      message:
        'there is no dead letter none in Pub/Sub subscription read-letters, unless another process is reading it at this moment',
    })
  })

  test('is counted by its status, and comes with others oldest first', async t => {
    const { queue } = await fixture(t)
    const letters = Array.from({ length: 5 }, () => deadLetter())
    for (const letter of letters.toReversed()) await queue.publish(letter)
    await queue.markAbandoned(letters[1]!.message_id, 'no use')
    assert.deepEqual(ids(await queue.list()), ids(letters))
    assert.deepEqual(await queue.getStats(), { pending: 4, retrying: 0, resolved: 0, abandoned: 1 })
  })

  test('that waits is given to one process for a minute, and what it changes then needs no reading', async t => {
    const { server, queue, another } = await fixture(t)
    const letters = Array.from({ length: 5 }, () => deadLetter())
    for (const letter of letters) await queue.publish(letter)
    const mine = await queue.getPending(3)
    assert.equal(mine.length, 3)
    const others = await another().getPending()
    assert.deepEqual(ids([...mine, ...others]).sort(), ids(letters).sort())
    const pulls = server.calls.filter(({ method }) => method === 'Pull').length
    await queue.updateStatus(mine[0]!.message_id, 'retrying')
    await queue.markResolved(mine[1]!.message_id)
    await queue.publish({ ...mine[2]!, attempt_count: 2 })
    assert.equal(server.calls.filter(({ method }) => method === 'Pull').length, pulls)
    assert.deepEqual(
      server.letters().filter(({ isLeased }) => !isLeased),
      [
        { id: mine[0]!.message_id, status: 'retrying', isLeased: false },
        { id: mine[2]!.message_id, status: 'pending', isLeased: false },
      ],
    )
  })

  test('that is no dead letter is reported once and left alone', async t => {
    const { server, queue, reports } = await fixture(t)
    server.put('{torn')
    await queue.publish(deadLetter())
    assert.equal((await queue.list()).length, 1)
    assert.equal((await queue.list()).length, 1)
    assert.deepEqual(reports, [
      'message m1 of Pub/Sub subscription read-letters is no dead letter and is left alone: it is no whole JSON text',
    ])
    assert.ok(server.messages.has('m1'))
  })

  test('is published without a subscription, and anything else says what is to be configured', async t => {
    const { server, queue } = await fixture(t, { subscription: undefined })
    const id = await queue.publish(deadLetter())
    assert.equal(server.messages.size, 1)
    const message =
      'dead letters in Pub/Sub topic letters cannot be read or changed without a subscription: create one (gcloud pubsub subscriptions create NAME --topic=letters) and let PUBSUB_SUBSCRIPTION name it'
    const calls: readonly (() => Promise<unknown>)[] = [
      () => queue.getPending(),
      () => queue.get(id),
      () => queue.list(),
      () => queue.getStats(),
      () => queue.markResolved(id),
      () => queue.markAbandoned(id, 'no use'),
      () => queue.release(id, () => true),
    ]
    for (const call of calls) await assert.rejects(call(), { message })
    assert.equal(server.messages.size, 1)
  })

  test('of a project that is not known is said', async t => {
    const { queue } = await fixture(t, { projectId: undefined })
    await assert.rejects(queue.publish(deadLetter()), {
      message:
        'the project of letters is not known; set GCP_PROJECT_ID, or PUBSUB_TOPIC to projects/<project>/topics/letters',
    })
    const { queue: named, server } = await fixture(t, { projectId: undefined, topic: TOPIC })
    await named.publish(deadLetter())
    assert.equal(server.messages.size, 1)
  })
})

const refuse =
  (code: status, details = ''): PubsubFault =>
  () => ({ code, details })

/** [what, in which method, how often, what is said; undefined where the message is stored all the same] */
const faults: readonly [what: string, method: string, fault: PubsubFault, times: number, said: RegExp | undefined][] = [
  [
    'whose topic is gone',
    'Publish',
    refuse(status.NOT_FOUND, 'Resource not found (resource=letters).'),
    1,
    /^cannot publish to Pub\/Sub topic letters: gRPC NOT_FOUND: there is no such topic; create it, or let PUBSUB_TOPIC name another \(it says: Resource not found .*\)$/,
  ],
  [
    'that lacks a role',
    'Publish',
    refuse(status.PERMISSION_DENIED),
    1,
    /: gRPC PERMISSION_DENIED: the account of the credentials lacks a permission; grant it the role roles\/pubsub\.publisher on the topic$/,
  ],
  [
    'that takes no credentials',
    'Publish',
    refuse(status.UNAUTHENTICATED),
    2,
    /: gRPC UNAUTHENTICATED: credentials are missing or wrong; check /,
  ],
  ['that is not available twice', 'Publish', refuse(status.UNAVAILABLE), 2, undefined],
  ['that asks for fewer requests once', 'Publish', refuse(status.RESOURCE_EXHAUSTED), 1, undefined],
  [
    'that is not available for ever',
    'Publish',
    refuse(status.UNAVAILABLE),
    99,
    /: gRPC UNAVAILABLE: the server is not available at the moment; given up after 5 attempts$/,
  ],
  [
    'that does not answer',
    'Publish',
    () => 'silence',
    99,
    /: 127\.0\.0\.1:\d+: no answer (within 400 ms|before .*); is the server /,
  ],
  [
    'that takes nothing',
    'Publish',
    () => encodePubsub('PublishResponse', {}),
    1,
    /the answer does not say that the message was taken$/,
  ],
  ['whose answer is malformed', 'Publish', () => Buffer.from('0aff', 'hex'), 1, /the answer cannot be read$/],
]
describe('a service', { concurrency: true }, () => {
  for (const [what, method, fault, times, said] of faults) {
    test(`${what}: ${said === undefined ? 'the message is stored' : 'it is said, within the time'}`, async t => {
      const patience = what.includes('answer') ? { attemptTimeoutMs: 400, operationTimeoutMs: 1_000 } : {}
      const { server, queue } = await fixture(t, patience)
      server.fail(method, fault, times)
      const startMs = performance.now()
      if (said === undefined) await queue.publish(deadLetter())
      else await assert.rejects(queue.publish(deadLetter()), { message: said })
      assert.equal(server.messages.size, said === undefined ? 1 : 0)
      assert.ok(performance.now() - startMs < 12_000)
    })
  }

  test('whose subscription is gone is said where it is read', async t => {
    const { queue } = await fixture(t, { subscription: 'another' })
    await assert.rejects(queue.list(), {
      message:
        /^cannot read Pub\/Sub subscription another: gRPC NOT_FOUND: there is no such subscription; create it, or let PUBSUB_SUBSCRIPTION name another \(it says: /,
    })
  })

  test('that fails while a message is changed leaves it as it was, for everybody', async t => {
    const { server, queue } = await fixture(t)
    const id = await queue.publish(deadLetter())
    server.fail('Publish', refuse(status.PERMISSION_DENIED))
    await assert.rejects(queue.updateStatus(id, 'retrying'), { message: /PERMISSION_DENIED/ })
    assert.deepEqual(server.letters(), [{ id, status: 'pending', isLeased: false }])
  })

  test('that does not acknowledge what a message was has the changed one, which counts', async t => {
    const { server, queue } = await fixture(t)
    const id = await queue.publish(deadLetter())
    server.fail('Acknowledge', refuse(status.PERMISSION_DENIED))
    await queue.updateStatus(id, 'retrying')
    assert.equal(server.messages.size, 2)
    assert.equal((await queue.get(id))?.status, 'retrying')
    server.fail('Acknowledge', refuse(status.PERMISSION_DENIED))
    await assert.rejects(queue.markResolved(id), { message: /PERMISSION_DENIED.*roles\/pubsub\.subscriber/ })
  })

  test('that cannot be reached is said, with the variable that leads there', async t => {
    const config = pubsubConfig(t, `http://127.0.0.1:${await closedPort()}`, { operationTimeoutMs: 500 })
    await assert.rejects(pubsubQueue(t, config).queue.publish(deadLetter()), {
      message:
        /^cannot publish to .*: 127\.0\.0\.1:\d+: connection refused; does the emulator run that PUBSUB_EMULATOR_HOST names\?/,
    })
  })

  test('that takes the connection and says nothing ends with the time for an operation', async t => {
    const port = await listen(
      t,
      createServer(() => {}),
    )
    const { queue } = pubsubQueue(t, pubsubConfig(t, `http://127.0.0.1:${port}`, { operationTimeoutMs: 300 }))
    const startMs = performance.now()
    const message = /no (answer|connection) before /
    await assert.rejects(queue.publish(deadLetter()), { message })
    await assert.rejects(queue.markResolved('a'), { message })
    assert.ok(performance.now() - startMs < 4_000)
  })

  test('that speaks HTTP/1.1 is said', async t => {
    const { origin } = await startHttpServer(t, (_request, response) => response.end())
    const config = pubsubConfig(t, origin, { operationTimeoutMs: 300 })
    await assert.rejects(pubsubQueue(t, config).queue.publish(deadLetter()), {
      message: /does not speak gRPC; does the /,
    })
  })
})

test("Google's credentials are asked for once and go with each call; the project is theirs", async t => {
  const google = await startGoogle(t)
  const server = await startPubsubServer(t)
  const credentialsFile = writeCredentials(t, { ...google.credentials('service_account'), project_id: 'demo' })
  const settings = googleConfig(t, { credentialsFile, metadataUrl: google.origin })
  const config = pubsubConfig(t, server.origin, { emulatedBy: undefined, google: settings, projectId: undefined })
  const { queue } = pubsubQueue(t, config)
  await Promise.all(Array.from({ length: 5 }, () => queue.publish(deadLetter())))
  assert.equal(google.count('/token'), 1)
  const [token] = google.tokens.keys()
  assert.ok(server.calls.every(({ metadata }) => metadata.authorization === `Bearer ${token}`))
  assert.deepEqual(google.tokens.get(token!)?.scopes, ['https://www.googleapis.com/auth/pubsub'])
  server.fail('Publish', () => ({ code: status.PERMISSION_DENIED, details: `token ${token} lacks` }))
  await assert.rejects(queue.publish(deadLetter()), (error: Error) => {
    assert.match(error.message, /tracer@demo.* lacks a permission; .* \(it says: token \[hidden\] lacks\)$/)
    return !Object.values(SECRETS).some(secret => error.message.includes(secret))
  })
})
