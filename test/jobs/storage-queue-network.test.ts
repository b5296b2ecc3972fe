import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import test, { type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { StorageQueue } from '../../src/jobs/storage-queue.ts'
import { deadLetter } from '../support/dead-letters.ts'
import { storageConfig, storageQueue } from '../support/remote-queues.ts'
import { type StorageServer, startStorageServer } from '../support/storage-server.ts'

const WORKERS = 5
const LETTERS = 4
const DURATION_MS = 8_000
/** Longer than a request is waited for, so that it is executed after it has been repeated. */
const MAX_LATE_MS = 250
const PATIENCE = { attemptTimeoutMs: 100, operationTimeoutMs: 4_000 }

interface Faults {
  isOn: boolean
  lost: number
  late: number
  unanswered: number
}

/** Of 100 requests 2 are lost, 5 come late, and 3 are executed without an answer. */
function disturb(server: StorageServer): Faults {
  const faults: Faults = { isOn: true, lost: 0, late: 0, unanswered: 0 }
  server.fail(
    '',
    async (request, response) => {
      const dice = faults.isOn ? 100 * Math.random() : 100
      if (dice < 2) faults.lost++
      else if (dice < 7) {
        faults.late++
        await delay(Math.random() * MAX_LATE_MS)
        server.serve(request, response)
      } else if (dice < 10) {
        faults.unanswered++
        server.serve(request, withoutAnswer(response))
      } else server.serve(request, response)
    },
    Number.POSITIVE_INFINITY,
  )
  return faults
}

function withoutAnswer(response: ServerResponse): ServerResponse {
  return Object.assign(Object.create(response), { writeHead: () => {}, end: () => response.destroy() })
}

class Claims {
  count = 0
  private readonly holders = new Map<string, string>()

  take(id: string, holder: string): void {
    assert.equal(this.holders.get(id), undefined, `${id} is claimed twice`)
    this.holders.set(id, holder)
    this.count++
  }

  giveBack(id: string): void {
    this.holders.delete(id)
  }
}

/** Claims letters and gives them back, until the time is over. */
async function work(queue: StorageQueue, name: string, ids: readonly string[], claims: Claims): Promise<void> {
  for (const endMs = performance.now() + DURATION_MS; performance.now() < endMs; ) {
    const id = ids[Math.floor(Math.random() * ids.length)]!
    const by = `${name} ${Math.random()}`
    const isClaimed = await succeeds(queue.updateStatus(id, 'retrying', { by }))
    if (isClaimed) {
      claims.take(id, by)
      const seen = await answered(() => queue.get(id))
      assert.deepEqual([seen?.status, seen?.metadata.by], ['retrying', by])
      claims.giveBack(id)
      if (await succeeds(queue.updateStatus(id, Math.random() < 0.5 ? 'pending' : 'abandoned'))) continue
    }
    // A claim or its end may have been made without an answer.
    await delay(2 * MAX_LATE_MS * Number(isClaimed))
    await answered(() => queue.release(id, ({ metadata }) => metadata.by === by))
  }
}

/** False also where another has the letter. */
async function succeeds(change: Promise<void>): Promise<boolean> {
  const outcome = await change.catch((error: Error) => error)
  if (outcome === undefined) return true
  assert.match(outcome.name, /^(DeadLetterConflict|RemoteTrouble)$/, outcome.stack)
  return false
}

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (let asked = 1; ; asked++) {
    try {
      return await ask()
    } catch (error) {
      if (asked === 5) throw error
    }
  }
}

test('where requests are lost, late and repeated, no letter is lost and no claim is given to two', async (t: TestContext) => {
  const server = await startStorageServer(t)
  const config = storageConfig(t, server.origin)
  const { queue } = storageQueue(t, config)
  const ids: string[] = []
  for (let count = 0; count < LETTERS; count++) ids.push(await queue.publish(deadLetter()))
  const faults = disturb(server)
  const claims = new Claims()
  const workers = Array.from({ length: WORKERS }, (_, index) =>
    work(storageQueue(t, { ...config, ...PATIENCE }).queue, `worker ${index}`, ids, claims),
  )
  await Promise.all(workers)
  faults.isOn = false
  await delay(MAX_LATE_MS)
  assert.deepEqual((await queue.list()).map(letter => letter.message_id).sort(), ids.toSorted())
  for (const id of ids) await queue.markResolved(id)
  assert.deepEqual(server.names(), ids.map(id => `dead-letter/resolved/${id}.json`).sort())
  const { lost, late, unanswered } = faults
  assert.ok(claims.count > 10 && lost > 0 && late > 0 && unanswered > 0)
  t.diagnostic(
    `${claims.count} claims, ${lost} requests lost, ${late} late, ${unanswered} without an answer: none claimed twice`,
  )
})
