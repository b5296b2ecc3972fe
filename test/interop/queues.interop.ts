import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { DeadLetterMessage } from '../../src/types/jobs.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type RealQueue, type RealStorage, startPubsub, startStorage } from './backends.ts'
import { countFields } from './compare.ts'

const cli = new URL('../../dist/cli.js', import.meta.url)
const program = new URL('programs/work-on-letters.ts', import.meta.url)
const RACED = 200
/** For both processes to have started. */
const START_MS = 3_000

let queue: RealQueue
let storage: RealStorage | undefined

function dlq(...args: string[]): Promise<ChildResult> {
  return runChild(cli, { args: ['dlq', ...args], env: queue.env })
}

function work(...args: string[]): Promise<ChildResult> {
  return runChild(program, { execArgv: ['--import', 'tsx'], args, env: queue.env, timeoutMs: 300_000 })
}

async function publish(count: number): Promise<DeadLetterMessage[]> {
  const { code, stdout, stderr } = await work('publish', String(count))
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as DeadLetterMessage[]
}

async function listed(): Promise<DeadLetterMessage[]> {
  const { code, stdout, stderr } = await dlq('list', '--json')
  assert.deepEqual([code, stderr], [0, ''])
  return JSON.parse(stdout) as DeadLetterMessage[]
}

function lines(output: string): string[] {
  return output.split('\n').filter(line => line !== '')
}

const queues: readonly [name: string, start: () => Promise<RealQueue>, keepsResolved: boolean][] = [
  [
    'Cloud Storage (fake-gcs-server)',
    async () => {
      storage = await startStorage()
      return storage
    },
    true,
  ],
  ['Pub/Sub (pstest)', startPubsub, false],
]

for (const [name, start, keepsResolved] of queues) {
  describe(name, () => {
    before(async () => {
      storage = undefined
      queue = await start()
    })
    after(() => queue.stop())

    test('publish → list → show → resolve, abandon, retry', async t => {
      const letters = await publish(5)
      const [resolved, abandoned, retried, failed, untouched] = letters.map(({ message_id }) => message_id)
      assert.deepEqual(await listed(), letters)
      assert.match((await dlq('show', untouched!)).stdout, new RegExp(`^id +${untouched}\nstatus +pending\n`))

      assert.equal((await dlq('resolve', resolved!)).stdout, `${resolved} is resolved\n`)
      assert.equal((await dlq('abandon', abandoned!, '--reason', 'no use')).stdout, `${abandoned} is abandoned\n`)
      const succeeding = "process.exit(JSON.parse(process.env.JOB_PAYLOAD).mesh === 'bünny 2' ? 0 : 1)"
      const retry = await dlq('retry', retried!, '--', process.execPath, '-e', succeeding)
      assert.deepEqual([retry.code, retry.stdout], [0, `${retried} is resolved, by attempt 2\n`], retry.stderr)
      const failure = await dlq('retry', failed!, '--', process.execPath, '-e', 'process.exit(3)')
      assert.deepEqual(
        [failure.code, failure.stderr],
        [3, `attempt 2 of ${failed} ended with exit code 3; it is pending\n`],
      )
      const unknown = await dlq('resolve', untouched!.slice(0, -1))
      assert.deepEqual([unknown.code, unknown.stdout], [1, ''])
      assert.match(unknown.stderr, /^there is no dead letter .*; did you mean .*\?\n$/)

      const after = await listed()
      const outcome = Object.fromEntries(
        after.map(letter => [letter.message_id, `${letter.status} ${letter.attempt_count}`]),
      )
      assert.deepEqual(outcome, {
        ...(keepsResolved && { [resolved!]: 'resolved 1', [retried!]: 'resolved 1' }),
        [abandoned!]: 'abandoned 1',
        [failed!]: 'pending 2',
        [untouched!]: 'pending 1',
      })
      assert.equal(after.find(letter => letter.message_id === abandoned)?.metadata.abandoned_reason, 'no use')
      t.diagnostic(
        `${letters.length} messages published, ${letters.length} listed, ${countFields(letters)} fields compared`,
      )
    })

    test('the dead letter of a job that ends its process on the next line is there', async t => {
      const { code, stderr } = await work('fail')
      assert.equal(code, 65, stderr)
      const id = /kept as dead letter (\S+)\n/.exec(stderr)?.[1]
      const letter = (await listed()).find(({ message_id }) => message_id === id)
      assert.deepEqual(
        [letter?.error_message, letter?.original_payload],
        ['Job exited with code 65', { mesh: 'bunny' }],
      )
      t.diagnostic(`dead letter ${id} found`)
    })

    test(`two racing processes move each of ${RACED} messages exactly once`, async t => {
      for (const { message_id: id } of await listed()) assert.equal((await dlq('resolve', id)).code, 0)
      const letters = await publish(RACED)
      const startMs = String(Date.now() + START_MS)
      const workers = await Promise.all([work('claim', startMs), work('claim', startMs)])
      for (const { code, stderr } of workers) assert.equal(code, 0, stderr)
      const moved = workers.map(({ stdout }) => lines(stdout))
      assert.deepEqual(moved.flat().sort(), letters.map(letter => letter.message_id).sort())
      const retrying = (await listed()).filter(({ status }) => status === 'retrying')
      assert.equal(retrying.length, RACED)
      if (storage !== undefined) {
        const names = (await storage.names()).filter(object => !object.startsWith('dead-letter/resolved/'))
        assert.deepEqual(names.sort(), letters.map(letter => `dead-letter/retrying/${letter.message_id}.json`).sort())
      }
      assert.ok(
        moved.every(mine => mine.length > 0),
        'one of them has moved nothing',
      )
      const lost = workers.map(({ stderr }) => /lost (\d+)/.exec(stderr)?.[1])
      t.diagnostic(
        `moved ${moved.map(mine => mine.length).join(' + ')} of ${RACED}, claims lost to the other ${lost.join(' + ')}`,
      )
    })
  })
}
