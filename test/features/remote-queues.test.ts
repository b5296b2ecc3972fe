import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { status } from '@grpc/grpc-js'
import type { DeadLetterMessage } from '../../src/types/jobs.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { deadLetter } from '../support/dead-letters.ts'
import { closedPort } from '../support/http-server.ts'
import { SUBSCRIPTION, startPubsubServer, TOPIC } from '../support/pubsub-server.ts'
import { answerError, BUCKET, startStorageServer } from '../support/storage-server.ts'

const cli = new URL('../../dist/cli.js', import.meta.url)
const program = new URL('programs/job.mjs', import.meta.url)
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-9a-f]$/

interface Remote {
  readonly env: Readonly<Record<string, string>>
  /** What the server holds. */
  letters(): DeadLetterMessage[]
  put(letter: DeadLetterMessage): void
  /** From now on it takes nothing. */
  refuse(): void
}

async function storage(t: TestContext): Promise<Remote> {
  const server = await startStorageServer(t)
  return {
    env: { BUCKET, STORAGE_EMULATOR_HOST: server.origin },
    letters: () => [...server.objects.values()].map(({ text }) => JSON.parse(text) as DeadLetterMessage),
    put: letter => server.put(`dead-letter/${letter.status}/${letter.message_id}.json`, JSON.stringify(letter)),
    refuse: () => server.fail('POST', (_request, response) => answerError(response, 403, 'no access'), 99),
  }
}

async function pubsub(t: TestContext): Promise<Remote> {
  const server = await startPubsubServer(t)
  const host = new URL(server.origin).host
  return {
    env: { PUBSUB_TOPIC: TOPIC, PUBSUB_SUBSCRIPTION: SUBSCRIPTION, PUBSUB_EMULATOR_HOST: host },
    letters: () => [...server.messages.values()].map(({ data }) => JSON.parse(data.toString()) as DeadLetterMessage),
    put: letter => server.put(JSON.stringify(letter)),
    refuse: () => server.fail('Publish', () => ({ code: status.NOT_FOUND, details: 'no topic' }), 99),
  }
}

function dlq({ env }: Pick<Remote, 'env'>, ...args: string[]): Promise<ChildResult> {
  return runChild(cli, { args: ['dlq', ...args], env })
}

const remotes: readonly [name: string, start: (t: TestContext) => Promise<Remote>, refusal: RegExp][] = [
  [
    'Cloud Storage',
    storage,
    /cannot write to the dead letter bucket gs:\/\/letters: HTTP 403: .* \(it says: no access\)/,
  ],
  ['Pub/Sub', pubsub, /cannot publish to Pub\/Sub topic .*: gRPC NOT_FOUND: there is no such topic; .*PUBSUB_TOPIC/],
]

for (const [name, start, refusal] of remotes) {
  describe(`a job with ${name}`, () => {
    test('that fails and ends with process.exit on the next line has left its dead letter there', async t => {
      const remote = await start(t)
      const env = { ...remote.env, OTEL_TRACES_EXPORTER: 'none', ENABLE_TRACING: '1' }
      const { code, stderr } = await runChild(program, { args: ['exit65'], env })
      assert.equal(code, 65, stderr)
      const [letter, ...others] = remote.letters()
      assert.equal(others.length, 0)
      assert.deepEqual([letter?.error_message, letter?.status], ['Job exited with code 65', 'pending'])
      assert.match(letter?.traceparent ?? '', TRACEPARENT)
      assert.match(stderr, new RegExp(`regen3d-job failed: JobExit: .*; kept as dead letter ${letter?.message_id}\n`))
    })

    test('that refuses it ends with its own code; its error, the refusal and the stack are said', async t => {
      const remote = await start(t)
      remote.refuse()
      const { code, stderr } = await runChild(program, { args: ['throw'], env: remote.env })
      assert.equal(code, 1)
      assert.match(stderr, /regen3d-job failed: RangeError: boom\n/)
      assert.match(stderr, refusal)
      assert.match(stderr, /at .*job\.mjs/)
      assert.deepEqual(remote.letters(), [])
    })
  })

  describe(`dlq with ${name}`, { concurrency: true }, () => {
    test('lists, shows, resolves and abandons', async t => {
      const remote = await start(t)
      const letters = [deadLetter(), deadLetter(), deadLetter()]
      for (const letter of letters) remote.put(letter)
      const [a, b, c] = letters.map(({ message_id }) => message_id) as [string, string, string]
      assert.deepEqual(JSON.parse((await dlq(remote, 'list', '--json')).stdout), letters)
      assert.match((await dlq(remote, 'show', a)).stdout, new RegExp(`^id +${a}\nstatus +pending\n`))
      assert.deepEqual((await dlq(remote, 'resolve', a)).stdout, `${a} is resolved\n`)
      assert.deepEqual((await dlq(remote, 'abandon', b, '--reason', 'no use')).stdout, `${b} is abandoned\n`)
      const unknown = await dlq(remote, 'show', c.slice(0, -1))
      assert.equal(unknown.code, 1)
      assert.match(unknown.stderr, /^there is no dead letter .*; did you mean .*\?\n$/)
      const left = remote.letters().filter(letter => letter.status !== 'resolved')
      assert.deepEqual(left.map(letter => letter.status).sort(), ['abandoned', 'pending'])
    })

    test('retries a job that fails once more, into the same letter, and then resolves it', async t => {
      const remote = await start(t)
      const letter = deadLetter({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
      remote.put(letter)
      const command = ['--', process.execPath, fileURLToPath(program)]
      const failed = await dlq(remote, 'retry', letter.message_id, ...command, 'throw')
      assert.equal(failed.code, 1, failed.stderr)
      assert.match(failed.stderr, /attempt 2 of .* ended with exit code 1; it is pending\n$/)
      const [again, ...others] = JSON.parse((await dlq(remote, 'list', '--json')).stdout) as DeadLetterMessage[]
      assert.equal(others.length, 0)
      assert.deepEqual([again?.attempt_count, again?.error_message, again?.status], [2, 'boom', 'pending'])
      assert.equal(again?.first_failure_time, letter.first_failure_time)
      assert.deepEqual(again?.metadata.previous_traceparents, [letter.traceparent])
      const succeeded = await dlq(remote, 'retry', letter.message_id, ...command, '0')
      assert.deepEqual([succeeded.code, succeeded.stdout], [0, `${letter.message_id} is resolved, by attempt 3\n`])
      assert.deepEqual(
        remote.letters().filter(({ status }) => status !== 'resolved'),
        [],
      )
    })
  })
}

test('dlq of a topic without a subscription says what is to be configured', async t => {
  const { env } = await pubsub(t)
  const { PUBSUB_SUBSCRIPTION: _subscription, ...publishing } = env as Record<string, string>
  const { code, stdout, stderr } = await dlq({ env: publishing }, 'list')
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(
    stderr,
    /^dead letters in Pub\/Sub topic .* cannot be read or changed without a subscription: .*PUBSUB_SUBSCRIPTION/,
  )
})

test('a job whose bucket cannot be reached ends with its own code, within the time of an operation', async () => {
  const env = { BUCKET, STORAGE_EMULATOR_HOST: `127.0.0.1:${await closedPort()}` }
  const { code, stderr, durationMs } = await runChild(program, { args: ['exit65'], env })
  assert.equal(code, 65)
  assert.match(
    stderr,
    /connection refused; does the emulator run that STORAGE_EMULATOR_HOST names\? Given up after 5 attempts/,
  )
  assert.ok(durationMs < 25_000, `${durationMs} ms`)
})
