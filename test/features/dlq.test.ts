import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DirectoryQueue } from '../../src/jobs/directory-queue.ts'
import type { DeadLetterMessage } from '../../src/types/jobs.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { deadLetter } from '../support/dead-letters.ts'

const cli = new URL('../../dist/cli.js', import.meta.url)
const attemptProgram = fileURLToPath(new URL('programs/show-attempt.mjs', import.meta.url))
const jobProgram = fileURLToPath(new URL('programs/job.mjs', import.meta.url))
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const EARLIER = '00-11111111111111111111111111111111-2222222222222222-01'

interface Fixture {
  readonly folder: string
  readonly queue: DirectoryQueue
  run(...args: string[]): Promise<ChildResult>
}

async function fixture(t: TestContext, ...letters: DeadLetterMessage[]): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'dlq-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const queue = new DirectoryQueue(join(folder, 'dead-letter'))
  for (const letter of letters) await queue.publish(letter)
  const env = { TRACEPARENT: EARLIER, TRACESTATE: 'a=b', JOB_PAYLOAD: 'old' }
  return { folder, queue, run: (...args) => runChild(cli, { args: ['dlq', ...args], cwd: folder, env }) }
}

describe('dlq list', () => {
  test('a table with a row for each, the oldest first; controls of terminals do not get through', async t => {
    const letters = [
      deadLetter({ message_id: 'a' }),
      deadLetter({ message_id: 'b', error_message: 'x\u001b[31m\ny', status: 'abandoned' }),
    ]
    const { run } = await fixture(t, ...letters.toReversed())
    const { code, stdout, stderr } = await run('list')
    assert.deepEqual([code, stderr], [0, ''])
    const [head, ...rows] = stdout.trimEnd().split('\n')
    assert.match(head!, /^ID +STATUS +ATTEMPTS +LAST FAILURE +SCENE +JOB +ERROR$/)
    assert.deepEqual(
      rows.map(row => row.split(/ {2,}/)),
      [
        ['a', 'pending', '1/3', letters[0]!.last_failure_time, 'scene_1', 'regen3d-job', 'Error: boom'],
        ['b', 'abandoned', '1/3', letters[1]!.last_failure_time, 'scene_1', 'regen3d-job', 'Error: x [31m y'],
      ],
    )
  })

  test('as JSON, whole', async t => {
    const letters = [deadLetter(), deadLetter({ status: 'resolved' })]
    const { run } = await fixture(t, ...letters)
    assert.deepEqual(JSON.parse((await run('list', '--json')).stdout), letters)
  })

  test('of an empty queue, and of files that are no messages', async t => {
    const { run, folder, queue } = await fixture(t)
    assert.deepEqual([(await run('list')).stdout, (await run('list', '--json')).stdout], ['no dead letters\n', '[]\n'])
    await queue.publish(deadLetter())
    writeFileSync(join(folder, 'dead-letter/pending/torn.json'), '{')
    const { code, stderr } = await run('list')
    assert.equal(code, 0)
    assert.match(stderr, /^.*torn\.json is no dead letter and is left alone: it is no whole JSON text\n$/)
  })

  test('of a folder that cannot be read fails with a sentence', async t => {
    const { run, folder } = await fixture(t)
    writeFileSync(join(folder, 'dead-letter'), '')
    const { code, stderr } = await run('list')
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^cannot read the dead letter folder .*: a file stands where a folder should be \(ENOTDIR\); .*\n$/,
    )
  })
})

describe('dlq show', () => {
  test('all there is to know, and how to find the trace', async t => {
    const { run } = await fixture(t, deadLetter({ message_id: 'a' }))
    const { code, stdout } = await run('show', 'a')
    assert.equal(code, 0)
    for (const line of [
      'id +a',
      'status +pending',
      'attempts +1 of 3',
      `trace +${TRACE}`,
      ' +"mesh": "bunny"',
      ' +at here',
    ]) {
      assert.match(stdout, new RegExp(`^${line}$`, 'm'))
    }
    assert.match(stdout, new RegExp(`in Jaeger .*/trace/${TRACE}`))
  })

  test('of a job that was not traced', async t => {
    const { run } = await fixture(t, deadLetter({ message_id: 'a', traceparent: undefined }))
    assert.match((await run('show', 'a')).stdout, /^trace +none: tracing was off$/m)
  })

  test('as JSON', async t => {
    const letter = deadLetter({ message_id: 'a' })
    const { run } = await fixture(t, letter)
    assert.deepEqual(JSON.parse((await run('show', 'a', '--json')).stdout), letter)
  })
})

test('dlq resolve and abandon', async t => {
  const { run, queue } = await fixture(t, deadLetter({ message_id: 'a' }), deadLetter({ message_id: 'b' }))
  assert.deepEqual(
    [(await run('resolve', 'a')).stdout, (await queue.get('a'))?.status],
    ['a is resolved\n', 'resolved'],
  )
  assert.equal((await run('abandon', 'b', '--reason', 'no use')).stdout, 'b is abandoned\n')
  const { status, metadata } = (await queue.get('b'))!
  assert.deepEqual([status, metadata.abandoned_reason], ['abandoned', 'no use'])
})

describe('dlq retry', () => {
  test('gives the command the payload and the past, and resolves where it succeeds', async t => {
    const letter = deadLetter({ message_id: 'a', attempt_count: 2, metadata: { previous_traceparents: [EARLIER] } })
    const { run, queue } = await fixture(t, letter)
    const { code, stdout, stderr } = await run('retry', 'a', '--', process.execPath, attemptProgram, '0')
    assert.equal(code, 0, stderr)
    const [given, said] = stdout.split('\n')
    const payload = JSON.stringify(letter.original_payload)
    assert.deepEqual(JSON.parse(given!), {
      stdin: payload,
      variables: {
        JOB_PAYLOAD: payload,
        JOB_MESSAGE_ID: 'a',
        JOB_ATTEMPT: '3',
        JOB_PREVIOUS_TRACEPARENTS: `${EARLIER},${letter.traceparent}`,
      },
    })
    assert.equal(said, 'a is resolved, by attempt 3')
    assert.deepEqual([(await queue.get('a'))?.status, (await queue.get('a'))?.attempt_count], ['resolved', 2])
  })

  const failures: readonly [end: string, code: number, shown: string][] = [
    ['7', 7, 'exit code 7'],
    ['SIGKILL', 137, 'SIGKILL'],
  ]
  for (const [end, code, shown] of failures) {
    test(`of a command that ends with ${end}: the message waits again, counted, and the exit code is ${code}`, async t => {
      const letter = deadLetter({ message_id: 'a' })
      const { run, queue } = await fixture(t, letter)
      const result = await run('retry', 'a', '--', process.execPath, attemptProgram, end)
      assert.deepEqual([result.code, result.stderr], [code, `attempt 2 of a ended with ${shown}; it is pending\n`])
      const after = (await queue.get('a'))!
      assert.deepEqual(
        [after.status, after.attempt_count, after.first_failure_time],
        ['pending', 2, letter.first_failure_time],
      )
      assert.ok(after.last_failure_time > letter.last_failure_time)
    })
  }

  test('that fails for the last time abandons the message with the reason', async t => {
    const { run, queue } = await fixture(t, deadLetter({ message_id: 'a', attempt_count: 2 }))
    const { code, stderr } = await run('retry', 'a', '--', process.execPath, attemptProgram, '1')
    assert.deepEqual([code, stderr], [1, 'attempt 3 of a ended with exit code 1; it is abandoned\n'])
    const { status, metadata } = (await queue.get('a'))!
    assert.deepEqual(
      [status, metadata.abandoned_reason],
      ['abandoned', 'failed 3 times, of 3 attempts that it may have'],
    )
  })

  test('of a job in the wrapper: one message, with the new error, counted once, linked to the first trace', async t => {
    const { folder, queue, run } = await fixture(t)
    const env = { OTEL_TRACES_EXPORTER: 'file', OTEL_LOG_LEVEL: 'warn' }
    await runChild(new URL('programs/job.mjs', import.meta.url), { args: ['throw'], cwd: folder, env })
    const [first] = await queue.list()
    const id = first!.message_id
    const command = ['env', 'OTEL_TRACES_EXPORTER=file', process.execPath, jobProgram]
    assert.equal((await run('retry', id, '--', ...command, 'exit9')).code, 9)
    const [second] = await queue.list()
    assert.deepEqual([second?.message_id, second?.attempt_count, second?.status], [id, 2, 'pending'])
    assert.equal(second?.error_message, 'Job exited with code 9')
    assert.deepEqual(second?.metadata.previous_traceparents, [first?.traceparent])
    assert.equal((await run('retry', id, '--', ...command, '0')).code, 0)
    assert.deepEqual(await queue.getStats(), { pending: 0, retrying: 0, resolved: 1, abandoned: 0 })
    const lines = readFileSync(join(folder, 'traces.jsonl'), 'utf8').trim().split('\n')
    const spans = lines.map(line => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans[0])
    const linked = spans.map(({ links = [] }) => links.map((link: { traceId: string }) => link.traceId))
    assert.deepEqual(linked, [[], [spans[0].traceId], [spans[0].traceId, spans[1].traceId]])
  })

  const unstartable: readonly [what: string, command: string, code: number][] = [
    ['is not there', 'no-such-command-anywhere', 127],
    ['cannot be run', tmpdir(), 126],
  ]
  for (const [what, command, code] of unstartable) {
    test(`of a command that ${what} is no attempt`, async t => {
      const letter = deadLetter({ message_id: 'a', status: 'abandoned' })
      const { run, queue } = await fixture(t, letter)
      const result = await run('retry', 'a', '--', command)
      assert.equal(result.code, code)
      assert.match(result.stderr, /^the command could not be started: .*; a is abandoned, as before\n$/)
      assert.deepEqual([(await queue.get('a'))?.status, (await queue.get('a'))?.attempt_count], ['abandoned', 1])
    })
  }

  test('a payload that no variable has room for is on stdin only, which is said', async t => {
    const letter = deadLetter({ message_id: 'a', original_payload: { long: 'x'.repeat(200_000) } })
    const { run } = await fixture(t, letter)
    const { code, stdout, stderr } = await run('retry', 'a', '--', process.execPath, attemptProgram, '0')
    assert.deepEqual([code, stderr], [0, 'the payload is on stdin only: JOB_PAYLOAD has room for 120000 bytes\n'])
    const { stdin, variables } = JSON.parse(stdout.split('\n')[0]!)
    assert.deepEqual([JSON.parse(stdin), 'JOB_PAYLOAD' in variables], [letter.original_payload, false])
  })

  test('a command that does not read its payload, and a payload that is not whole', async t => {
    const original_payload = { long: 'x'.repeat(1_000_000) }
    const { run } = await fixture(
      t,
      deadLetter({ message_id: 'a', original_payload, metadata: { payload_cut: 'too long' } }),
    )
    const { code, stderr } = await run('retry', 'a', '--', 'true')
    assert.equal(code, 0)
    assert.match(stderr, /^the payload is not whole: too long$/m)
  })

  test('of what another process is retrying is refused, and taken over once that process is gone', async t => {
    const { run, queue } = await fixture(t, deadLetter({ message_id: 'a' }))
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await queue.updateStatus('a', 'retrying', { retry: { pid: other.pid, host: hostname() } })
    const refused = await run('retry', 'a', '--', 'true')
    assert.deepEqual([refused.code, refused.stderr], [1, 'dead letter a is being retried already\n'])
    other.kill('SIGKILL')
    await once(other, 'exit')
    const taken = await run('retry', 'a', '--', 'true')
    assert.deepEqual([taken.code, taken.stderr], [0, 'the process that was retrying a is gone; taking over\n'])
  })

  test('of what a process left behind that had our process id is taken over', async t => {
    const { folder, queue } = await fixture(t, deadLetter({ message_id: 'a' }))
    const retry = `read -r go; exec '${process.execPath}' '${fileURLToPath(cli)}' dlq retry a -- true`
    const child = spawn('sh', ['-c', retry], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] })
    await queue.updateStatus('a', 'retrying', { retry: { pid: child.pid, host: hostname() } })
    child.stdin!.end('go\n')
    assert.deepEqual(await once(child, 'exit'), [0, null])
    assert.equal((await queue.get('a'))?.status, 'resolved')
  })

  test('two at the same time of what a process has left behind: one takes over', async t => {
    const { run, queue } = await fixture(t, deadLetter({ message_id: 'a' }))
    const gone = spawn(process.execPath, ['-e', ''])
    await once(gone, 'exit')
    await queue.updateStatus('a', 'retrying', { retry: { pid: gone.pid, host: hostname() } })
    const command = [process.execPath, '-e', 'setTimeout(() => console.log("ran"), 1500)']
    const results = await Promise.all([1, 2, 3].map(() => run('retry', 'a', '--', ...command)))
    assert.equal(results.filter(({ stdout }) => stdout.includes('ran')).length, 1)
    assert.deepEqual(results.map(({ code }) => code).toSorted(), [0, 1, 1])
  })

  test('two at the same time: one runs the command', async t => {
    const { run, queue } = await fixture(t, deadLetter({ message_id: 'a' }))
    const command = [process.execPath, '-e', 'setTimeout(() => console.log("ran"), 1500)']
    const results = await Promise.all([1, 2].map(() => run('retry', 'a', '--', ...command)))
    assert.equal(results.filter(({ stdout }) => stdout.includes('ran')).length, 1)
    assert.deepEqual(results.map(({ code }) => code).toSorted(), [0, 1])
    assert.equal((await queue.get('a'))?.status, 'resolved')
  })

  test('a SIGTERM is passed on to the command, and its end is waited for', async t => {
    const { folder, queue } = await fixture(t, deadLetter({ message_id: 'a' }))
    const waiting = 'process.on("SIGTERM", () => process.exit(5)); console.log("up"); setInterval(() => {}, 1000)'
    const args = [fileURLToPath(cli), 'dlq', 'retry', 'a', '--', process.execPath, '-e', waiting]
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [5, null])
    assert.deepEqual([(await queue.get('a'))?.status, (await queue.get('a'))?.attempt_count], ['pending', 2])
  })

  test('of a resolved one is refused', async t => {
    const { run } = await fixture(t, deadLetter({ message_id: 'a', status: 'resolved' }))
    const { code, stderr } = await run('retry', 'a', '--', 'true')
    assert.deepEqual([code, stderr], [1, 'dead letter a is resolved\n'])
  })
})

describe('an id that there is not', () => {
  for (const args of [
    ['show', 'lettr-x'],
    ['resolve', 'lettr-x'],
    ['abandon', 'lettr-x', '--reason', 'r'],
    ['retry', 'lettr-x', '--', 'true'],
  ]) {
    test(`${args[0]}: near matches are listed`, async t => {
      const { run } = await fixture(t, deadLetter({ message_id: 'letter-x' }), deadLetter({ message_id: 'other' }))
      const { code, stderr } = await run(...args)
      assert.equal(code, 1)
      assert.match(stderr, /^there is no dead letter "lettr-x" in the folder .*; did you mean letter-x\?\n$/)
    })
  }
})

describe('output that nobody takes', () => {
  test('ends a list with exit code 1 and without a stack trace', async t => {
    const { folder } = await fixture(t, deadLetter({ original_payload: { mesh: 'x'.repeat(4_000_000) } }))
    const child = spawn(process.execPath, [fileURLToPath(cli), 'dlq', 'list', '--json'], { cwd: folder })
    child.stdout.once('data', () => child.stdout.destroy())
    const said = text(child.stderr)
    assert.deepEqual([await once(child, 'exit'), await said], [[1, null], ''])
  })

  test('does not keep a retry from its end', async t => {
    const { folder, queue } = await fixture(t, deadLetter({ message_id: 'a', metadata: { payload_cut: 'so it is' } }))
    const args = [fileURLToPath(cli), 'dlq', 'retry', 'a', '--', process.execPath, '-e', 'setTimeout(() => {}, 300)']
    const child = spawn(process.execPath, args, { cwd: folder })
    child.stdout.destroy()
    child.stderr.destroy()
    assert.deepEqual(await once(child, 'exit'), [1, null])
    assert.equal((await queue.get('a'))?.status, 'resolved')
  })

  test('is said where the disk is full', async t => {
    const { folder } = await fixture(t, deadLetter())
    const stdout = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [fileURLToPath(cli), 'dlq', 'list'], {
      cwd: folder,
      stdio: ['ignore', stdout, 'pipe'],
    })
    closeSync(stdout)
    const said = text(child.stderr!)
    assert.deepEqual(await once(child, 'exit'), [1, null])
    assert.match(await said, /^the output could not be written: ENOSPC: .*\n$/)
  })
})

describe('the command line', () => {
  const rows: readonly [args: readonly string[], code: number, stdout: RegExp, stderr: RegExp][] = [
    [['--help'], 0, /^usage: blueprint-tracing <command>\n[\s\S]*dlq/, /^$/],
    [[], 2, /^$/, /^usage: blueprint-tracing <command>/],
    [['nope'], 2, /^$/, /^blueprint-tracing has no command "nope"\nusage: /],
    [['toString'], 2, /^$/, /^blueprint-tracing has no command "toString"/],
    [['dlq'], 2, /^$/, /^usage: blueprint-tracing dlq <command>\n/],
    [
      ['dlq', '-h'],
      0,
      /list \[--json\][\s\S]*show <id>[\s\S]*retry <id> -- [\s\S]*resolve <id>[\s\S]*abandon <id> --reason/,
      /^$/,
    ],
    [['dlq', 'nope'], 2, /^$/, /^blueprint-tracing dlq has no command "nope"/],
    [['dlq', 'list', '--nope'], 2, /^$/, /^Unknown option '--nope'\nusage: blueprint-tracing dlq list \[--json\]\n$/],
    [['dlq', 'list', 'x'], 2, /^$/, /^"x" is one argument too many\n/],
    [['dlq', 'show'], 2, /^$/, /^<id> is missing\n/],
    [['dlq', 'abandon', 'x'], 2, /^$/, /^--reason <text> is missing\n/],
    [['dlq', 'abandon', 'x', '--reason', ' '], 2, /^$/, /^--reason <text> is missing\n/],
    [['dlq', 'retry', 'x'], 2, /^$/, /^-- <command …> is missing\n/],
    [['dlq', 'retry', '--', 'true'], 2, /^$/, /^<id> is missing\n/],
  ]
  for (const command of ['list', 'show', 'retry', 'resolve', 'abandon']) {
    test(`dlq ${command} --help`, async () => {
      const { code, stdout, stderr } = await runChild(cli, { args: ['dlq', command, '--help'] })
      assert.deepEqual([code, stderr], [0, ''])
      assert.ok(stdout.startsWith(`usage: blueprint-tracing dlq ${command}`))
    })
  }
  for (const [args, code, stdout, stderr] of rows) {
    test(args.join(' ') || 'nothing', async () => {
      const result = await runChild(cli, { args })
      assert.equal(result.code, code)
      assert.match(result.stdout, stdout)
      assert.match(result.stderr, stderr)
    })
  }
})
