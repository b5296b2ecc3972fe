import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { DirectoryQueue } from '../../src/jobs/directory-queue.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../../src/types/jobs.ts'
import { runChild } from '../support/child.ts'
import { deadLetter } from '../support/dead-letters.ts'

const IN_MOTION = '.in-motion'
const worker = new URL('../support/child-queue-worker.ts', import.meta.url)

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'dead-letter-'))
  t.after(() => {
    chmodSync(folder, 0o700)
    rmSync(folder, { recursive: true })
  })
  return folder
}

function queueIn(t: TestContext): { folder: string; queue: DirectoryQueue; reports: string[] } {
  const folder = join(temporaryFolder(t), 'letters')
  const reports: string[] = []
  return { folder, queue: new DirectoryQueue(folder, sentence => reports.push(sentence)), reports }
}

/** Every file below the folder, those in motion as well. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

const ids = (messages: readonly DeadLetterMessage[]): string[] => messages.map(message => message.message_id)

describe('a message in a folder', () => {
  test('is published as one file of its status, and read back as it was', async t => {
    const { folder, queue } = queueIn(t)
    const message = deadLetter()
    assert.equal(await queue.publish(message), message.message_id)
    assert.deepEqual(filesIn(folder), [`pending/${message.message_id}.json`])
    assert.deepEqual(JSON.parse(readFileSync(join(folder, filesIn(folder)[0]!), 'utf8')), message)
    assert.deepEqual(await queue.get(message.message_id), message)
    assert.deepEqual(await new DirectoryQueue(folder).getPending(), [message])
  })

  test('that is none is refused, and nothing is written', async t => {
    const { folder, queue } = queueIn(t)
    await assert.rejects(queue.publish({ ...deadLetter(), message_id: '../x' }), TypeError)
    assert.equal(existsSync(folder), false)
  })

  test('moves to the folder of each status, and there says so itself', async t => {
    const { folder, queue } = queueIn(t)
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
      assert.deepEqual(filesIn(folder), [`${status}/${id}.json`])
      const message = JSON.parse(readFileSync(join(folder, status, `${id}.json`), 'utf8')) as DeadLetterMessage
      assert.deepEqual([message.status, message.metadata], [status, metadata])
    }
  })

  test('published again it is replaced, wherever it was', async t => {
    const { folder, queue } = queueIn(t)
    const message = deadLetter()
    await queue.publish(message)
    await queue.updateStatus(message.message_id, 'retrying')
    await queue.publish({ ...message, attempt_count: 2 })
    assert.deepEqual(filesIn(folder), [`pending/${message.message_id}.json`])
    assert.equal((await queue.get(message.message_id))?.attempt_count, 2)
  })

  test('is what its folder says, also where somebody has moved the file by hand', async t => {
    const { folder, queue } = queueIn(t)
    const id = await queue.publish(deadLetter())
    mkdirSync(join(folder, 'resolved'))
    renameSync(join(folder, 'pending', `${id}.json`), join(folder, 'resolved', `${id}.json`))
    assert.equal((await queue.get(id))?.status, 'resolved')
    assert.deepEqual(await queue.getPending(), [])
  })

  test('that is being retried, or is resolved, cannot be claimed', async t => {
    const { queue } = queueIn(t)
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
    const { folder, queue } = queueIn(t)
    const id = await queue.publish(deadLetter())
    assert.equal(await queue.release(id, () => true), false)
    await queue.updateStatus(id, 'retrying', { retry: 1 })
    assert.equal(await queue.release(id, message => message.metadata.retry !== 1), false)
    assert.deepEqual(filesIn(folder), [`retrying/${id}.json`])
    assert.equal(await queue.release(id, message => message.metadata.retry === 1), true)
    assert.deepEqual(filesIn(folder), [`pending/${id}.json`])
    assert.equal((await queue.get(id))?.status, 'pending')
  })

  for (const id of ['none', '../../etc/passwd', '', 'a\0b']) {
    test(`${JSON.stringify(id)} is not there`, async t => {
      const { folder, queue } = queueIn(t)
      assert.equal(await queue.get(id), undefined)
      await assert.rejects(queue.markResolved(id), { name: 'UnknownDeadLetter', message: /^there is no dead letter / })
      assert.equal(existsSync(folder), false)
    })
  }

  test('a status that there is not is refused', async t => {
    const { queue } = queueIn(t)
    const id = await queue.publish(deadLetter())
    await assert.rejects(queue.updateStatus(id, 'lost' as DeadLetterStatus), RangeError)
    await assert.rejects(queue.updateStatus(id, 'toString' as DeadLetterStatus), RangeError)
  })
})

test('pending messages come oldest first, at most as many as asked for; the counts are by status', async t => {
  const { queue } = queueIn(t)
  const messages = [deadLetter(), deadLetter(), deadLetter(), deadLetter()]
  for (const message of messages.toReversed()) await queue.publish(message)
  await queue.markResolved(messages[1]!.message_id)
  const pending = ids(messages).filter((_, index) => index !== 1)
  assert.deepEqual(ids(await queue.getPending()), pending)
  assert.deepEqual(ids(await queue.getPending(2)), pending.slice(0, 2))
  assert.deepEqual(await queue.getPending(0), [])
  assert.deepEqual(ids(await queue.list()), ids(messages))
  assert.deepEqual(await queue.getStats(), { pending: 3, retrying: 0, resolved: 1, abandoned: 0 })
})

test('a folder that is not there holds nothing, and is not made by looking', async t => {
  const { folder, queue } = queueIn(t)
  assert.deepEqual(await queue.getPending(), [])
  assert.deepEqual(await queue.getStats(), { pending: 0, retrying: 0, resolved: 0, abandoned: 0 })
  assert.equal(existsSync(folder), false)
})

describe('files that are no messages', () => {
  test('are reported once each, skipped, and left as they are', async t => {
    const { folder, queue, reports } = queueIn(t)
    const id = await queue.publish(deadLetter())
    const pending = join(folder, 'pending')
    writeFileSync(join(pending, 'torn.json'), '{"message_id": "torn", "sce')
    writeFileSync(join(pending, 'empty.json'), '')
    writeFileSync(join(pending, 'other.json'), JSON.stringify(deadLetter({ message_id: 'another' })))
    writeFileSync(join(pending, 'notes.txt'), 'ours')
    mkdirSync(join(pending, 'folder.json'))
    symlinkSync('/nowhere', join(pending, 'dangling.json'))
    execFileSync('mkfifo', [join(pending, 'pipe.json')])
    const before = filesIn(folder)
    assert.deepEqual(ids(await queue.getPending()), [id])
    assert.deepEqual(ids(await queue.list()), [id])
    assert.deepEqual(filesIn(folder), before)
    const said = reports.map(report => report.replace(`${pending}/`, ''))
    assert.deepEqual(said.toSorted(), [
      'empty.json is no dead letter and is left alone: it is empty',
      'folder.json is no dead letter and is left alone: it is no file',
      'notes.txt is no dead letter and is left alone: its name is no message id and .json',
      'other.json is no dead letter and is left alone: its message_id is another one, another',
      'pipe.json is no dead letter and is left alone: it is no file',
      'torn.json is no dead letter and is left alone: it is no whole JSON text',
    ])
  })

  test('cannot be changed', async t => {
    const { folder, queue } = queueIn(t)
    mkdirSync(join(folder, 'pending'), { recursive: true })
    writeFileSync(join(folder, 'pending/torn.json'), '{')
    await assert.rejects(queue.markResolved('torn'), /is no dead letter to be changed: it is no whole JSON text/)
    assert.deepEqual(filesIn(folder), ['pending/torn.json'])
  })

  test('are kept aside where a message of that name is published', async t => {
    const { folder, queue } = queueIn(t)
    mkdirSync(join(folder, 'pending'), { recursive: true })
    writeFileSync(join(folder, 'pending/torn.json'), '{')
    await queue.publish(deadLetter({ message_id: 'torn' }))
    const files = filesIn(folder)
    assert.deepEqual([files[0], files.length], ['pending/torn.json', 2])
    assert.match(files[1]!, /^pending\/torn\.json\.[0-9a-f]{12}\.torn$/)
    assert.equal(readFileSync(join(folder, files[1]!), 'utf8'), '{')
  })
})

describe('what a killed process has left', () => {
  test('a message in motion is found with the status that it had, and goes on from there', async t => {
    const { folder, queue } = queueIn(t)
    const message = deadLetter()
    const id = await queue.publish(message)
    renameSync(join(folder, `pending/${id}.json`), join(folder, IN_MOTION, `${id}@pending@0123456789ab`))
    assert.deepEqual(await queue.get(id), message)
    assert.deepEqual(ids(await queue.getPending()), [id])
    await queue.updateStatus(id, 'retrying')
    assert.deepEqual(filesIn(folder), [`retrying/${id}.json`])
  })

  test('a message in motion goes on although the folder that it was in is gone', { timeout: 20_000 }, async t => {
    const { folder, queue } = queueIn(t)
    const id = await queue.publish(deadLetter())
    renameSync(join(folder, `pending/${id}.json`), join(folder, IN_MOTION, `${id}@pending@0123456789ab`))
    rmSync(join(folder, 'pending'), { recursive: true })
    await queue.markResolved(id)
    assert.deepEqual(filesIn(folder), [`resolved/${id}.json`])
  })

  test('a claim from a status that there is not is none', { timeout: 20_000 }, async t => {
    const { folder, queue } = queueIn(t)
    const id = await queue.publish(deadLetter())
    const foreign = `${id}@nowhere@0123456789ab`
    renameSync(join(folder, `pending/${id}.json`), join(folder, IN_MOTION, foreign))
    await assert.rejects(queue.markResolved(id), { name: 'UnknownDeadLetter' })
    assert.deepEqual(filesIn(folder), [join(IN_MOTION, foreign)])
  })

  test('a claim on a message that has been filed counts for nothing', async t => {
    const { folder, queue } = queueIn(t)
    const message = deadLetter()
    const id = await queue.publish(message)
    await queue.updateStatus(id, 'retrying')
    writeFileSync(join(folder, IN_MOTION, `${id}@pending@0123456789ab`), JSON.stringify(message))
    assert.equal((await queue.get(id))?.status, 'retrying')
    await assert.rejects(queue.updateStatus(id, 'retrying'), { name: 'DeadLetterConflict' })
    assert.deepEqual(ids(await queue.list()), [id])
    await queue.markResolved(id)
    assert.deepEqual(filesIn(folder), [`resolved/${id}.json`])
  })

  test('of two claims the newer one is the message', async t => {
    const { folder, queue } = queueIn(t)
    const id = await queue.publish(deadLetter({ attempt_count: 2 }))
    renameSync(join(folder, `pending/${id}.json`), join(folder, IN_MOTION, `${id}@pending@ffffffffffff`))
    const older = join(folder, IN_MOTION, `${id}@retrying@000000000000`)
    writeFileSync(older, JSON.stringify(deadLetter({ message_id: id })))
    utimesSync(older, 1, 1)
    assert.deepEqual([(await queue.get(id))?.attempt_count, (await queue.get(id))?.status], [2, 'pending'])
    await queue.markResolved(id)
    assert.equal((await queue.get(id))?.attempt_count, 2)
    assert.deepEqual(filesIn(folder), [`resolved/${id}.json`])
  })

  test('half a file that never got its name is no message', async t => {
    const { folder, queue, reports } = queueIn(t)
    await queue.publish(deadLetter())
    const path = join(folder, IN_MOTION, '0123456789ab.tmp')
    writeFileSync(path, '{"message_id"')
    assert.deepEqual([(await queue.list()).length, reports], [1, []])
    utimesSync(path, 1, 1)
    assert.equal((await queue.list()).length, 1)
    assert.deepEqual(reports, [`${path} is no dead letter and is left alone: whoever wrote it has not finished`])
  })
})

describe('several processes at once', () => {
  test('publish into one folder: nothing is missing', async t => {
    const { folder, queue, reports } = queueIn(t)
    const children = await Promise.all([1, 2, 3].map(() => workerOn(folder, 'publish', '100')))
    const published = children.flatMap(outcomes)
    assert.equal(published.length, 300)
    assert.deepEqual(ids(await queue.getPending()).toSorted(), published.toSorted())
    assert.deepEqual(reports, [])
  })

  test('claim each of 100 messages: one succeeds, the others are refused', async t => {
    const { folder, queue } = queueIn(t)
    const messages = Array.from({ length: 100 }, () => deadLetter())
    for (const message of messages) await queue.publish(message)
    const children = await Promise.all([1, 2, 3].map(() => workerOn(folder, 'claim', ...ids(messages))))
    assert.deepEqual(children.flatMap(outcomes).toSorted(), ids(messages).toSorted())
    assert.deepEqual(await queue.getStats(), { pending: 0, retrying: 100, resolved: 0, abandoned: 0 })
    assert.equal(filesIn(folder).length, 100)
  })

  test('claim one message while the disk of the first stalls: one succeeds, and the message is there once', async t => {
    const { folder, queue } = queueIn(t)
    const id = await queue.publish(deadLetter())
    const stalled = workerOn(folder, 'claim slowly', id)
    while (filesIn(folder).includes(`pending/${id}.json`)) await new Promise(resolve => setTimeout(resolve, 10))
    await queue.updateStatus(id, 'retrying')
    assert.deepEqual(outcomes(await stalled), [])
    assert.deepEqual(filesIn(folder), [`retrying/${id}.json`])
  })

  test('move one message to and fro: it is always there, once, and whole', async t => {
    const { folder, queue, reports } = queueIn(t)
    const id = await queue.publish(deadLetter())
    let running = true
    const moving = Promise.all([1, 2].map(() => workerOn(folder, 'shuffle', id, '100'))).finally(() => {
      running = false
    })
    let looks = 0
    for (; running; looks++) {
      assert.equal((await queue.get(id))?.message_id, id)
      await new Promise(resolve => setTimeout(resolve, 1))
    }
    for (const child of await moving) assert.deepEqual(outcomes(child), ['100 moves'])
    assert.ok(looks > 10)
    assert.equal(filesIn(folder).length, 1)
    assert.deepEqual(reports, [])
  })

  async function workerOn(folder: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runChild(worker, { execArgv: ['--import', 'tsx'], args: [folder, ...args] })
    assert.equal(code, 0, stderr)
    return stdout
  }

  function outcomes(stdout: string): string[] {
    return stdout.split('\n').filter(line => line !== '')
  }
})

describe('a folder that cannot be written to', () => {
  test('a file stands in its place, or in that of a folder above it', async t => {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'file'), '')
    for (const path of ['file', 'file/letters', '/dev/full', '/dev/full/letters']) {
      const queue = new DirectoryQueue(path.startsWith('/') ? path : join(folder, path))
      await assert.rejects(queue.publish(deadLetter()), {
        message:
          /^cannot write to the dead letter folder .*: a file stands where a folder should be \(\w+\); DEAD_LETTER_DIR names another folder$/,
      })
    }
  })

  test('it is read-only', async t => {
    const folder = temporaryFolder(t)
    chmodSync(folder, 0o555)
    const { code, stdout, stderr } = await runChild(worker, {
      execArgv: ['--import', 'tsx'],
      args: [join(folder, 'letters'), 'unprivileged'],
    })
    assert.equal(code, 0, stderr)
    assert.match(
      stdout,
      /^cannot write to the dead letter folder .*: this process's user may not write there \(EACCES\); /,
    )
    assert.deepEqual(readdirSync(folder), [])
  })

  test('a file may not become so large: the message is refused, what was there stays, and nothing else is left', async t => {
    const { folder, queue } = queueIn(t)
    const id = await queue.publish(deadLetter())
    const before = filesIn(folder)
    const program = `import(${JSON.stringify(worker.href)})`
    const limited = ['-c', 'ulimit -f 1; exec "$0" --import tsx --input-type=module -e "$1" -- x "$2" huge "$3"']
    const stdout = execFileSync('bash', [...limited, process.execPath, program, folder, id], { encoding: 'utf8' })
    assert.match(stdout, /^cannot write to the dead letter folder .*: the file would be larger than .* \(EFBIG\); /)
    assert.deepEqual(filesIn(folder), before)
    assert.equal((await queue.get(id))?.error_message, 'boom')
  })
})
