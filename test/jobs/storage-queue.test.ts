import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import type { StorageQueueConfig } from '../../src/config/remote-queues.ts'
import type { StorageQueue } from '../../src/jobs/storage-queue.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../../src/types/jobs.ts'
import { deadLetter } from '../support/dead-letters.ts'
import { ACCOUNT, answer, SECRETS, startGoogle } from '../support/google.ts'
import { googleConfig, writeCredentials } from '../support/google-files.ts'
import { closedPort, listen } from '../support/http-server.ts'
import { type RemoteFixture, storageConfig, storageQueue } from '../support/remote-queues.ts'
import {
  answerError,
  BUCKET,
  type StorageFault,
  type StorageServer,
  startStorageServer,
} from '../support/storage-server.ts'

interface Fixture extends RemoteFixture<StorageQueue> {
  readonly server: StorageServer
  readonly config: StorageQueueConfig
  /** Beside the first, as another process has it. */
  another(): StorageQueue
}

async function fixture(t: TestContext, overrides: Partial<StorageQueueConfig> = {}): Promise<Fixture> {
  const server = await startStorageServer(t)
  const config = storageConfig(t, server.origin, overrides)
  return { server, config, another: () => storageQueue(t, config).queue, ...storageQueue(t, config) }
}

const nameOf = (status: DeadLetterStatus, id: string): string => `dead-letter/${status}/${id}.json`
const ids = (messages: readonly DeadLetterMessage[]): string[] => messages.map(message => message.message_id)
const UPLOAD = 'POST /upload/'
const COPY = '/rewriteTo/'
const hold: StorageFault = () => {}
const cut: StorageFault = (_request, response) => void response.destroy()

describe('a message in a bucket', () => {
  test('is published as one object of its status, and read back as it was', async t => {
    const { server, queue, another } = await fixture(t)
    const message = deadLetter({ original_payload: { text: 'é\r\n--' } })
    assert.equal(await queue.publish(message), message.message_id)
    assert.deepEqual(server.names(), [nameOf('pending', message.message_id)])
    assert.deepEqual(JSON.parse(server.objects.get(server.names()[0]!)!.text), message)
    assert.deepEqual(await queue.get(message.message_id), message)
    assert.deepEqual(await another().getPending(), [message])
  })

  test('that is none, or larger than one that can be read, is refused, and nothing is asked', async t => {
    const { server, queue } = await fixture(t)
    await assert.rejects(queue.publish({ ...deadLetter(), message_id: '../x' }), TypeError)
    assert.equal(server.requests.length, 0)
    await assert.rejects(queue.publish(deadLetter({ traceback: 'x'.repeat(4 * 1_048_576) })), {
      name: 'RangeError',
      message: /^the dead letter has \d+ bytes; in gs:\/\/letters one may have 4194304$/,
    })
    assert.deepEqual(server.names(), [])
  })

  test('moves to the folder of each status, and there says so itself', async t => {
    const { server, queue } = await fixture(t)
    const id = await queue.publish(deadLetter({ metadata: { a: 1 } }))
    const steps: readonly [change: () => Promise<void>, status: DeadLetterStatus, metadata: object][] = [
      [() => queue.updateStatus(id, 'retrying', { by: 'me', not: undefined }), 'retrying', { a: 1, by: 'me' }],
      [() => queue.updateStatus(id, 'pending'), 'pending', { a: 1, by: 'me' }],
      [() => queue.markResolved(id), 'resolved', { a: 1, by: 'me' }],
      [() => queue.markAbandoned(id, 'no use'), 'abandoned', { a: 1, by: 'me', abandoned_reason: 'no use' }],
      [() => queue.markAbandoned(id, 'again'), 'abandoned', { a: 1, by: 'me', abandoned_reason: 'again' }],
      [() => queue.updateStatus(id, 'retrying'), 'retrying', { a: 1, by: 'me', abandoned_reason: 'again' }],
    ]
    for (const [change, status, metadata] of steps) {
      await change()
      assert.deepEqual(server.names(), [nameOf(status, id)])
      const message = JSON.parse(server.objects.get(nameOf(status, id))!.text) as DeadLetterMessage
      assert.deepEqual([message.status, message.metadata], [status, metadata])
    }
  })

  test('published again it is replaced, wherever it was', async t => {
    const { server, queue } = await fixture(t)
    const message = deadLetter()
    await queue.publish(message)
    await queue.updateStatus(message.message_id, 'retrying')
    await queue.publish({ ...message, attempt_count: 2 })
    assert.deepEqual(server.names(), [nameOf('pending', message.message_id)])
    assert.equal((await queue.get(message.message_id))?.attempt_count, 2)
  })

  test('that is being retried, or is resolved, cannot be claimed', async t => {
    const { queue } = await fixture(t)
    const id = await queue.publish(deadLetter())
    await queue.updateStatus(id, 'retrying')
    await assert.rejects(queue.updateStatus(id, 'retrying'), {
      name: 'DeadLetterConflict',
      message: `dead letter ${id} is being retried already`,
    })
    await queue.markResolved(id)
    await assert.rejects(queue.updateStatus(id, 'retrying'), { message: `dead letter ${id} is resolved` })
  })

  test('that is being retried is released only if what is stored says that it may be', async t => {
    const { server, queue } = await fixture(t)
    const id = await queue.publish(deadLetter())
    assert.equal(await queue.release(id, () => true), false)
    await queue.updateStatus(id, 'retrying', { retry: 1 })
    assert.equal(await queue.release(id, message => message.metadata.retry !== 1), false)
    assert.equal(await queue.release(id, message => message.metadata.retry === 1), true)
    assert.deepEqual(server.names(), [nameOf('pending', id)])
  })

  for (const id of ['none', '../../etc/passwd', '', 'a\0b']) {
    test(`${JSON.stringify(id)} is not there`, async t => {
      const { queue } = await fixture(t)
      assert.equal(await queue.get(id), undefined)
      const message = `there is no dead letter ${id} in gs://letters/dead-letter`
      await assert.rejects(queue.markResolved(id), { name: 'UnknownDeadLetter', message })
    })
  }

  test('a status that there is not is refused', async t => {
    const { queue } = await fixture(t)
    await assert.rejects(queue.updateStatus('x', 'lost' as DeadLetterStatus), RangeError)
  })
})

test('messages come oldest first, from as many pages as there are; the counts are by status', async t => {
  const { queue } = await fixture(t)
  const letters = Array.from({ length: 7 }, () => deadLetter())
  for (const letter of letters.toReversed()) await queue.publish(letter)
  await queue.markResolved(letters[1]!.message_id)
  await queue.markAbandoned(letters[2]!.message_id, 'no use')
  assert.deepEqual(ids(await queue.list()), ids(letters))
  assert.deepEqual(ids(await queue.getPending(2)), ids([letters[0]!, letters[3]!]))
  assert.deepEqual(await queue.getPending(0), [])
  assert.deepEqual(await queue.getStats(), { pending: 5, retrying: 0, resolved: 1, abandoned: 1 })
})

test('of processes that claim the same messages one gets each', async t => {
  const { server, queue, another } = await fixture(t)
  const letters = Array.from({ length: 30 }, () => deadLetter())
  for (const letter of letters) await queue.publish(letter)
  const workers = [queue, another(), another()]
  const claimed = await Promise.all(
    workers.map(async worker => {
      const mine: string[] = []
      for (const id of ids(letters)) {
        const outcome = await worker.updateStatus(id, 'retrying').catch((error: Error) => error)
        if (outcome === undefined) mine.push(id)
        else assert.equal(outcome.name, 'DeadLetterConflict', outcome.message)
      }
      return mine
    }),
  )
  assert.deepEqual(claimed.flat().sort(), ids(letters).sort())
  assert.deepEqual(
    server.names(),
    ids(letters)
      .map(id => nameOf('retrying', id))
      .sort(),
  )
})

describe('a process that ends between a change and the filing of it', () => {
  test('before the copy: the message is what it was changed to, and the next change files it', async t => {
    const { server, queue, another } = await fixture(t)
    const id = await queue.publish(deadLetter())
    server.fail(COPY, hold, 1)
    const interrupted = queue.updateStatus(id, 'retrying', { by: 'it' })
    interrupted.catch(() => {})
    await until(() => server.requests.some(({ path }) => path.includes(COPY)))
    assert.deepEqual(server.names(), [nameOf('pending', id)])
    const other = another()
    assert.deepEqual(ids(await other.list()), [id])
    assert.deepEqual(await other.getStats(), { pending: 0, retrying: 1, resolved: 0, abandoned: 0 })
    await assert.rejects(other.updateStatus(id, 'retrying'), { name: 'DeadLetterConflict' })
    await other.markAbandoned(id, 'no use')
    assert.deepEqual(server.names(), [nameOf('abandoned', id)])
    assert.deepEqual((await other.get(id))?.metadata, { by: 'it', abandoned_reason: 'no use' })
  })

  test('before the removal: there is one message, and the next change puts the rest away', async t => {
    const { server, queue, another } = await fixture(t)
    const id = await queue.publish(deadLetter())
    server.fail('DELETE', hold)
    queue.updateStatus(id, 'retrying').catch(() => {})
    await until(() => server.names().length === 2)
    const other = another()
    assert.deepEqual(ids(await other.list()), [id])
    assert.equal((await other.get(id))?.status, 'retrying')
    await other.markResolved(id)
    assert.deepEqual(server.names(), [nameOf('resolved', id)])
  })

  test('a copy that comes late, when the message has been moved on and back, changes nothing', async t => {
    const { server, queue, another } = await fixture(t)
    const id = await queue.publish(deadLetter())
    let late = (): void => {}
    server.fail(COPY, (request, response) => {
      late = () => server.serve(request, response)
    })
    const slow = queue.updateStatus(id, 'retrying')
    await until(() => server.requests.some(({ path }) => path.includes(COPY)))
    const other = another()
    await other.updateStatus(id, 'pending', { moved: 1 })
    await other.markAbandoned(id, 'no use')
    late()
    await slow
    assert.deepEqual(server.names(), [nameOf('abandoned', id)])
    assert.deepEqual((await other.get(id))?.metadata, { moved: 1, abandoned_reason: 'no use' })
  })

  test('what is left in the folder of the last status is found also by who read that folder too early', async t => {
    const { server, queue, another } = await fixture(t)
    const id = await queue.publish(deadLetter())
    await queue.updateStatus(id, 'retrying')
    const { text, generation } = server.objects.get(nameOf('retrying', id))!
    server.fail('DELETE', hold)
    queue.updateStatus(id, 'pending').catch(() => {})
    await until(() => server.names().length === 2)
    server.fail(`GET /storage/v1/b/${BUCKET}/o/${encodeURIComponent(nameOf('retrying', id))}`, (_request, response) => {
      response.setHeader('x-goog-generation', String(generation))
      response.end(text)
    })
    await another().updateStatus(id, 'retrying', { by: 'another' })
    assert.deepEqual(server.names(), [nameOf('retrying', id)])
    assert.deepEqual((await queue.get(id))?.metadata, { by: 'another' })
  })

  test('a filing that the bucket refuses leaves the change as it is', async t => {
    const { server, queue } = await fixture(t)
    const id = await queue.publish(deadLetter())
    server.fail(COPY, (_request, response) => answerError(response, 403, 'no'))
    await queue.updateStatus(id, 'retrying')
    assert.deepEqual(server.names(), [nameOf('pending', id)])
    assert.equal((await queue.get(id))?.status, 'retrying')
  })
})

describe('a write whose answer is lost', () => {
  test('is known for what it was: the claim is ours', async t => {
    const { server, queue, another } = await fixture(t)
    const id = await queue.publish(deadLetter())
    server.fail(UPLOAD, (request, response) => {
      server.serve(request, Object.assign(Object.create(response), { end: () => response.destroy() }))
    })
    await queue.updateStatus(id, 'retrying')
    assert.deepEqual(server.names(), [nameOf('retrying', id)])
    await assert.rejects(another().updateStatus(id, 'retrying'), { name: 'DeadLetterConflict' })
  })

  test('is not made once more on top of what others have made of it', async t => {
    const { server, queue, another } = await fixture(t)
    const id = await queue.publish(deadLetter())
    await queue.updateStatus(id, 'retrying')
    const other = another()
    server.fail(UPLOAD, async (request, response) => {
      server.serve(request, Object.assign(Object.create(response), { end: () => {} }))
      await other.updateStatus(id, 'retrying', { by: 'other' })
      response.destroy()
    })
    await assert.rejects(queue.updateStatus(id, 'pending'), {
      message:
        /^it is not known whether gs:\/\/letters\/.* was changed: the answer was lost, and others have changed it since$/,
    })
    assert.deepEqual(server.names(), [nameOf('retrying', id)])
    assert.deepEqual((await queue.get(id))?.metadata, { by: 'other' })
  })

  test('is not taken for ours where another has written the very same', async t => {
    const { server, queue, another } = await fixture(t)
    const id = await queue.publish(deadLetter())
    const other = another()
    server.fail(UPLOAD, async (_request, response) => {
      await other.updateStatus(id, 'retrying')
      response.destroy()
    })
    await assert.rejects(queue.updateStatus(id, 'retrying'), { name: 'DeadLetterConflict' })
  })
})

describe('what is no dead letter', () => {
  const foreign: readonly [name: string, text: string, fault: string][] = [
    ['dead-letter/pending/notes.txt', 'x', 'its name is no message id and .json'],
    ['dead-letter/else/a.json', '{}', 'its name is no message id and .json'],
    ['dead-letter/pending/-a.json', '{}', 'its name is no message id and .json'],
    ['dead-letter/pending/empty.json', '', 'it is empty'],
    ['dead-letter/pending/torn.json', '{"message_id":', 'it is no whole JSON text'],
    ['dead-letter/pending/list.json', '[]', 'it is no JSON object'],
    ['dead-letter/pending/other.json', JSON.stringify(deadLetter()), 'its message_id is another one, '],
    ['dead-letter/pending/huge.json', ' '.repeat(4 * 1_048_576 + 1), 'it is larger than 4194304 bytes'],
  ]
  for (const [name, text, fault] of foreign) {
    test(`${name} (${fault}) is reported once and left alone`, async t => {
      const { server, queue, reports } = await fixture(t)
      const id = await queue.publish(deadLetter())
      server.put(name, text)
      assert.deepEqual(ids(await queue.list()), [id])
      assert.deepEqual(ids(await queue.getPending()), [id])
      assert.equal(reports.length, 1)
      assert.ok(
        reports[0]!.startsWith(`gs://letters/${name} is no dead letter and is left alone: ${fault}`),
        reports[0],
      )
      assert.equal(server.objects.get(name)?.text, text)
    })
  }

  test('the empty object that a console makes for a folder is passed over', async t => {
    const { server, queue, reports } = await fixture(t)
    server.put('dead-letter/pending/', '')
    assert.deepEqual([await queue.list(), reports], [[], []])
  })

  test('with the name of a message that is published, or filed, it is kept beside it', async t => {
    const { server, queue, reports } = await fixture(t)
    server.put(nameOf('pending', 'a'), '{torn')
    server.put(nameOf('retrying', 'a'), '{torn, too')
    await queue.publish(deadLetter({ message_id: 'a' }))
    await queue.updateStatus('a', 'retrying')
    const kept = server.names().filter(name => name.endsWith('.torn'))
    assert.deepEqual(
      kept.map(name => server.objects.get(name)!.text),
      ['{torn', '{torn, too'],
    )
    assert.deepEqual(
      server.names().filter(name => !kept.includes(name)),
      [nameOf('retrying', 'a')],
    )
    assert.equal(reports.length, 2)
  })
})

/** A condition that other tasks of this process bring about. */
async function until(condition: () => boolean): Promise<void> {
  for (const startMs = performance.now(); !condition(); ) {
    assert.ok(performance.now() - startMs < 10_000, 'it does not come about')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

const refuse =
  (status: number, message = '', headers = {}): StorageFault =>
  (_request, response) =>
    answerError(response, status, message, headers)

/** [what the bucket does, to which requests, how often, what is said; undefined where the message is stored all the same] */
const faults: readonly [what: string, part: string, fault: StorageFault, times: number, said: RegExp | undefined][] = [
  [
    'answers 401',
    UPLOAD,
    refuse(401, 'Anonymous caller'),
    1,
    /^cannot write to the dead letter bucket gs:\/\/letters: HTTP 401: credentials are missing or wrong; check .* \(it says: Anonymous caller\)$/,
  ],
  [
    'answers 403',
    UPLOAD,
    refuse(403, 'no access'),
    1,
    /: HTTP 403: the account of the credentials lacks a permission; grant it the role roles\/storage\.objectUser on the bucket \(it says: no access\)$/,
  ],
  [
    'answers 403 to reading',
    'alt=media',
    refuse(403),
    4,
    /^cannot read the dead letter bucket gs:\/\/letters: HTTP 403: /,
  ],
  ['is not there (404)', UPLOAD, refuse(404), 1, /: HTTP 404: there is no such bucket; BUCKET names another$/],
  ['answers 412 once, as when another was faster', UPLOAD, refuse(412), 1, undefined],
  [
    'answers 412 for ever',
    UPLOAD,
    refuse(412),
    99,
    /^others keep changing dead letter .* in gs:\/\/letters\/dead-letter, or it is there twice, with different contents$/,
  ],
  ['answers 429 twice, with a time to wait', UPLOAD, refuse(429, '', { 'retry-after': '0' }), 2, undefined],
  [
    'answers 429 with a time that is longer than ours',
    UPLOAD,
    refuse(429, '', { 'retry-after': '60' }),
    1,
    /: HTTP 429: the server asks for fewer requests$/,
  ],
  ['answers 503 twice', UPLOAD, refuse(503), 2, undefined],
  [
    'answers 503 for ever',
    UPLOAD,
    refuse(503),
    99,
    /: HTTP 503: the server is not available at the moment; given up after 5 attempts$/,
  ],
  ['closes the connection once', UPLOAD, cut, 1, undefined],
  [
    'does not answer',
    UPLOAD,
    hold,
    99,
    /: 127\.0\.0\.1:\d+: no answer (within 400 ms|before the request was given up); is the server overloaded, /,
  ],
  [
    'answers with a web page',
    UPLOAD,
    (_request, response) => void response.end('<html>'),
    1,
    /the answer holds no JSON; is http:\/\/127.* Cloud Storage\?$/,
  ],
  [
    'answers without a generation',
    'alt=media',
    (_request, response) => void response.end('{}'),
    4,
    /no x-goog-generation; is /,
  ],
]
describe('a bucket that', () => {
  for (const [what, part, fault, times, said] of faults) {
    test(`${what}: ${said === undefined ? 'the message is stored' : `it is said, within the time`}`, async t => {
      const patience = what === 'does not answer' ? { attemptTimeoutMs: 400, operationTimeoutMs: 1_000 } : {}
      const { server, queue } = await fixture(t, patience)
      server.fail(part, fault, times)
      const message = deadLetter()
      const startMs = performance.now()
      if (said === undefined) {
        await queue.publish(message)
        assert.deepEqual(server.names(), [nameOf('pending', message.message_id)])
      } else {
        await assert.rejects(queue.publish(message), { message: said })
        assert.deepEqual(server.names(), [])
      }
      assert.ok(performance.now() - startMs < 12_000)
    })
  }

  test('cannot be reached is said, with the variable that leads there', async t => {
    const port = await closedPort()
    const { queue } = storageQueue(t, storageConfig(t, `http://127.0.0.1:${port}`, { operationTimeoutMs: 500 }))
    await assert.rejects(queue.publish(deadLetter()), {
      message: new RegExp(
        `^cannot read the dead letter bucket gs://letters: 127\\.0\\.0\\.1:${port}: connection refused; does the emulator run that STORAGE_EMULATOR_HOST names\\?`,
      ),
    })
  })

  test('takes the connection and says nothing ends with the time for an operation', async t => {
    const port = await listen(
      t,
      createServer(() => {}),
    )
    const { queue } = storageQueue(t, storageConfig(t, `http://127.0.0.1:${port}`, { operationTimeoutMs: 300 }))
    const startMs = performance.now()
    await assert.rejects(queue.list(), { message: /no answer before the request was given up/ })
    assert.ok(performance.now() - startMs < 2_000)
  })

  test('is not there is said when messages are listed, and a message is not in it', async t => {
    const { config } = await fixture(t)
    const { queue } = storageQueue(t, { ...config, bucket: 'another' })
    await assert.rejects(queue.list(), {
      message: /^cannot read .* gs:\/\/another: HTTP 404: there is no such bucket; /,
    })
    assert.equal(await queue.get('a'), undefined)
  })
})

describe("Google's credentials", () => {
  async function authorised(t: TestContext) {
    const google = await startGoogle(t)
    const credentialsFile = writeCredentials(t, google.credentials('service_account'))
    const settings = googleConfig(t, { credentialsFile, metadataUrl: google.origin })
    return { google, ...(await fixture(t, { emulatedBy: undefined, google: settings })) }
  }

  test('are asked for once, however many requests there are, and go with each', async t => {
    const { google, queue, server } = await authorised(t)
    await Promise.all(Array.from({ length: 5 }, () => queue.publish(deadLetter())))
    assert.equal(google.count('/token'), 1)
    const [token] = google.tokens.keys()
    assert.ok(server.requests.every(({ headers }) => headers.authorization === `Bearer ${token}`))
    assert.deepEqual(google.tokens.get(token!)?.scopes, ['https://www.googleapis.com/auth/devstorage.read_write'])
  })

  test('that are no longer accepted are asked for anew, once', async t => {
    const { google, queue, server } = await authorised(t)
    await queue.publish(deadLetter())
    server.fail('GET', refuse(401), 1)
    await queue.publish(deadLetter())
    assert.equal(google.count('/token'), 2)
    assert.equal(server.names().length, 2)
  })

  test('that lack a role are named, and no token is shown', async t => {
    const { google, queue, server } = await authorised(t)
    server.fail(UPLOAD, (_request, response) =>
      answerError(response, 403, `token ${[...google.tokens.keys()][0]} lacks`),
    )
    await assert.rejects(queue.publish(deadLetter()), (error: Error) => {
      assert.match(
        error.message,
        new RegExp(`HTTP 403: ${ACCOUNT} lacks a permission; .* \\(it says: token \\[hidden\\] lacks\\)$`),
      )
      return !Object.values(SECRETS).some(secret => error.message.includes(secret))
    })
  })

  test('that are refused are said at once', async t => {
    const { google, queue, server } = await authorised(t)
    google.fail('/token', answer(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }), 9)
    await assert.rejects(queue.publish(deadLetter()), {
      message: /^cannot read the dead letter bucket gs:\/\/letters: http.*\/token: HTTP 400 \(it says: invalid_grant: /,
    })
    assert.deepEqual([google.count('/token') <= 4, server.requests.length], [true, 0])
  })

  test('are not asked for on an emulator', async t => {
    const { server, queue } = await fixture(t)
    await queue.publish(deadLetter())
    assert.ok(server.requests.every(({ headers }) => headers.authorization === undefined))
    assert.ok(server.requests.every(({ path }) => path.includes(`/b/${BUCKET}/o`)))
  })
})
