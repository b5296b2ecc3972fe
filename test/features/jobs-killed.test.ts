import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DirectoryQueue } from '../../src/jobs/directory-queue.ts'
import { parseMessage, STATUSES } from '../../src/jobs/message-json.ts'

const KILLS = 200
const AT_A_TIME = 2
/** From the first publish on; a step takes one to a few milliseconds. */
const MAX_LIFE_MS = 60
const program = fileURLToPath(new URL('programs/publish-letters.mjs', import.meta.url))

const root = mkdtempSync(join(tmpdir(), 'killed-'))
after(() => rmSync(root, { recursive: true }))

interface Tally {
  kills: number
  acknowledged: number
  missing: number
  torn: number
}

test(`a publisher that is killed at ${KILLS} random instants loses nothing that it was told is stored`, async t => {
  const tally: Tally = { kills: 0, acknowledged: 0, missing: 0, torn: 0 }
  const runs = Array.from({ length: KILLS }, (_, run) => join(root, String(run))).values()
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (const folder of runs) await examine(folder, await killed(folder), tally)
    }),
  )
  const { kills, acknowledged, missing, torn } = tally
  t.diagnostic(`${kills} kills, ${acknowledged} acknowledged, ${missing} missing, ${torn} torn`)
  assert.deepEqual([kills, missing, torn], [KILLS, 0, 0])
  assert.ok(acknowledged > KILLS / 8, `${acknowledged} acknowledged`)
})

/** What a publisher said before it was killed. */
async function killed(folder: string): Promise<string> {
  const { PATH } = process.env
  const child = spawn(process.execPath, [program], {
    env: { PATH, DEAD_LETTER_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    said += text
  })
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  await delay(Math.random() * MAX_LIFE_MS)
  child.kill('SIGKILL')
  const [, signal] = await closed
  assert.equal(signal, 'SIGKILL')
  return said
}

async function examine(folder: string, said: string, tally: Tally): Promise<void> {
  tally.kills++
  tally.torn += tornFilesIn(folder)
  const queue = new DirectoryQueue(folder, () => tally.torn++)
  const found = new Map((await queue.list()).map(message => [message.message_id, message]))
  for (const [id, statuses] of statusesSaid(said)) {
    if (statuses.at(-1) !== 'publishing') tally.acknowledged++
    const message = found.get(id)
    // The step that was under way may have been taken, or not.
    const isThere = message !== undefined && [statuses.at(-1), NEXT[statuses.at(-1)!]].includes(message.status)
    if (!isThere && statuses.at(-1) !== 'publishing') tally.missing++
    if (message !== undefined && message.traceback.length !== 20_000) tally.torn++
  }
}

const NEXT: Readonly<Record<string, string | undefined>> = {
  publishing: 'pending',
  pending: 'retrying',
  retrying: 'resolved',
}

/** The steps of each message, of the lines that were written whole. */
function statusesSaid(said: string): Map<string, string[]> {
  const steps = new Map<string, string[]>()
  for (const line of said.split('\n').slice(0, -1)) {
    const [status = '', id = ''] = line.split(' ')
    steps.set(id, [...(steps.get(id) ?? []), status])
  }
  return steps
}

/** Looks at the files as another program would, which knows of the status folders only. */
function tornFilesIn(folder: string): number {
  const files = STATUSES.flatMap(status => namesIn(join(folder, status)).map(name => join(folder, status, name)))
  return files.filter(file => !file.endsWith('.json') || typeof parseMessage(readFileSync(file, 'utf8')) === 'string')
    .length
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
