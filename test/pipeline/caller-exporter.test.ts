import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallerExporter } from '../../src/pipeline/caller-exporter.ts'
import type { FromCallersExporter } from '../../src/pipeline/messages.ts'
import type { Exporter, SpanBatch } from '../../src/types/exporter.ts'
import { FRAME } from '../support/delivery-settings.ts'
import { holdEventLoop } from '../support/event-loop.ts'
import { namedSpans, namesIn } from '../support/named-spans.ts'
import { ScriptedExporter, settled } from '../support/scripted-exporter.ts'

const INDEX = 3
const ACKED = { outcome: 'acked', rejected: 0, tooLarge: 0, message: '' } as const

/** Hands each name over as a batch of its own, and keeps what is posted: 'batch result'. */
class Harness {
  readonly posted: string[] = []
  readonly caller: CallerExporter
  private batches = 0

  constructor(exporter: Exporter, timeoutMs = 10_000) {
    const post = (message: FromCallersExporter): void => {
      assert.equal(message.exporter, INDEX)
      this.posted.push(
        message.kind === 'closed' ? `closed ${message.trouble}` : `${message.batch} ${textOf(message.result)}`,
      )
    }
    this.caller = new CallerExporter({ exporter, index: INDEX, frame: FRAME, timeoutMs, post })
  }

  readonly hand = (...names: readonly string[]): void => {
    for (const name of names) {
      const batch = ++this.batches
      this.caller.receive({ kind: 'batch', exporter: INDEX, batch, bytes: namedSpans(name), count: 1 })
    }
  }

  readonly abort = (batch: number): void => {
    this.caller.receive({ kind: 'abort', exporter: INDEX, batch })
  }
}

function textOf(result: Extract<FromCallersExporter, { kind: 'answer' }>['result']): string {
  return result === 'later' ? result : `${result.outcome} ${result.message}`.trim()
}

test('a batch has bytes, spans and request, and the resource and scope of the set-up', async () => {
  let given: SpanBatch | undefined
  let request: Uint8Array | undefined
  const exporter: Exporter = {
    name: 'own',
    export: batch => {
      given = batch
      request = batch.request()
      return ACKED
    },
  }
  new Harness(exporter).hand('work')
  await settled()
  assert.deepEqual(
    [given?.count, namesIn(given!), given?.resource, given?.scope],
    [1, ['work'], FRAME.resource, FRAME.scope],
  )
  assert.deepEqual(given?.bytes, namedSpans('work'))
  assert.ok(Buffer.from(request!).includes('work') && request!.length > given!.bytes.length)
})

test('each turn of the event loop exports one batch, and an answer that is there at once is posted at once', async () => {
  const exporter = new ScriptedExporter(() => ACKED)
  const { posted, hand } = new Harness(exporter)
  hand('a', 'b')
  assert.deepEqual(posted, [])
  await settled()
  assert.deepEqual(posted, ['1 acked'])
  await settled()
  assert.deepEqual(
    [posted, exporter.requests],
    [
      ['1 acked', '2 acked'],
      [['a'], ['b']],
    ],
  )
})

test('a promise is posted as later, and then what it has come to', async () => {
  const exporter = new ScriptedExporter()
  const { posted, hand } = new Harness(exporter)
  hand('a')
  await settled()
  assert.deepEqual(posted, ['1 later'])
  await exporter.answer({ outcome: 'rejected', message: '401' })
  assert.deepEqual(posted, ['1 later', '1 rejected 401'])
})

test('one that throws, or takes longer than its time, has failed for now', async t => {
  holdEventLoop(t)
  const thrower: Exporter = {
    name: 'own',
    export: () => {
      throw new Error('boom')
    },
  }
  const throwing = new Harness(thrower)
  throwing.hand('a')
  throwing.caller.serve(Number.POSITIVE_INFINITY)
  assert.deepEqual(throwing.posted, ['1 retry boom'])
  const silent = new ScriptedExporter()
  const slow = new Harness(silent, 1)
  slow.hand('a')
  slow.caller.serve(Number.POSITIVE_INFINITY)
  await new Promise(resolve => silent.open[0]?.signal.addEventListener('abort', resolve))
  await settled()
  assert.deepEqual(slow.posted, ['1 later', '1 retry no answer within 1 ms'])
})

test('serve exports everything without the event loop, and nothing after the deadline', () => {
  const { posted, hand, caller } = new Harness(new ScriptedExporter(() => ACKED))
  hand('a', 'b')
  caller.serve(performance.now())
  assert.deepEqual(posted, [])
  caller.serve(Number.POSITIVE_INFINITY)
  assert.deepEqual(posted, ['1 acked', '2 acked'])
})

test('an exporter that comes back through process.exit is not waited for, and the other batches are exported', () => {
  const requests: string[][] = []
  const harness: Harness = new Harness({
    name: 'own',
    export: batch => {
      requests.push(namesIn(batch))
      if (requests.length === 1) harness.caller.serve(Number.POSITIVE_INFINITY)
      return ACKED
    },
  })
  harness.hand('a', 'b')
  harness.caller.serve(Number.POSITIVE_INFINITY)
  assert.deepEqual(
    [requests, harness.posted],
    [
      [['a'], ['b']],
      ['1 later', '2 acked', '1 acked'],
    ],
  )
})

test('an abort reaches the request that is under way, and puts back one that has not begun', async () => {
  const exporter = new ScriptedExporter()
  const { posted, hand, caller, abort } = new Harness(exporter)
  hand('a')
  caller.serve(Number.POSITIVE_INFINITY)
  hand('b')
  abort(1)
  abort(2)
  abort(7)
  assert.equal(exporter.open[0]?.signal.aborted, true)
  assert.deepEqual(posted, ['1 later', '2 retry closed before it was sent'])
  await settled()
  assert.deepEqual(exporter.requests, [['a']])
})

test('one that is given up is called no more, and is told to stop', async () => {
  const exporter = new ScriptedExporter()
  const { posted, hand, caller } = new Harness(exporter)
  hand('a')
  caller.serve(Number.POSITIVE_INFINITY)
  hand('b')
  caller.giveUp()
  hand('c')
  await settled()
  assert.equal(exporter.open[0]?.signal.aborted, true)
  assert.deepEqual([exporter.requests, posted], [[['a']], ['1 later', '2 later', '3 later']])
})

test('close closes the exporter, if it can be closed, and says what went wrong', async () => {
  const exporter = new ScriptedExporter()
  const without: Exporter = { name: 'own', export: () => ACKED }
  const failing: Exporter = { ...without, close: () => Promise.reject(new Error('stuck')) }
  const said: string[][] = []
  for (const each of [exporter, without, failing]) {
    const harness = new Harness(each)
    harness.caller.receive({ kind: 'close', exporter: INDEX })
    await settled()
    said.push(harness.posted)
  }
  assert.deepEqual([exporter.closed, said], [1, [['closed undefined'], ['closed undefined'], ['closed stuck']]])
})
