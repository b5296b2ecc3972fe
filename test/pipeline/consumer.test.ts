import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Consumer } from '../../src/pipeline/consumer.ts'
import { type Control, createControl } from '../../src/pipeline/control.ts'
import { COUNTERS } from '../../src/pipeline/ledger.ts'
import type { FromExportThread, ToExportThread } from '../../src/pipeline/messages.ts'
import { RingProducer } from '../../src/pipeline/ring-producer.ts'
import type { ExporterConfig } from '../../src/types/config.ts'
import type { Exporter } from '../../src/types/exporter.ts'
import { FRAME, MIB, POLICY } from '../support/delivery-settings.ts'
import { namedSpanSize, namedSpans, writeNamedSpan } from '../support/named-spans.ts'
import { ScriptedExporter, settled } from '../support/scripted-exporter.ts'

const NAME = 'x'.repeat(50_000)
const NAMES_IN_A_SEGMENT = 5

interface Pair {
  readonly control: Control
  readonly consumer: Consumer
  /** On their way to the consumer, which gets to see them when it asks. */
  readonly messages: ToExportThread[]
  readonly replies: FromExportThread[]
  offer(name: string): void
}

/** A consumer as on the export thread: messages wait until the event loop, or the reader, fetches them. */
function createPair(t: TestContext, exporter: Exporter, config: Partial<ExporterConfig> = {}): Pair {
  const control = createControl(COUNTERS.length, true)
  const messages: ToExportThread[] = []
  const replies: FromExportThread[] = []
  const link = {
    addSegment: (memory: ArrayBufferLike) => messages.push(memory),
    retireSegment: (segment: number) => messages.push({ kind: 'retire', segment }),
    wake: () => messages.push({ kind: 'wake' }),
  }
  const producer = new RingProducer(control, link, 64 * MIB, false)
  const data = {
    control: control.memory,
    segments: producer.memories,
    exporters: [{ kind: 'custom', exporter, ...config } as ExporterConfig],
    names: ['scripted'],
    frame: FRAME.request,
    scope: FRAME.scope,
    delivery: { ...POLICY, exportTimeoutMs: 1_000 },
  }
  const consumer = new Consumer(data, () => exporter, {
    send: reply => replies.push(reply),
    drain: receive => {
      for (const message of messages.splice(0)) receive(message)
    },
    close: () => {},
  })
  t.after(() => consumer.stop())
  const offer = (name: string): void => {
    const out = producer.reserve(namedSpanSize(name))
    assert.ok(out !== undefined)
    writeNamedSpan(out, name)
    producer.commit()
  }
  return { control, consumer, messages, replies, offer }
}

function acking(): ScriptedExporter {
  return new ScriptedExporter(() => ({ outcome: 'acked' }))
}

test('commands that arrive while it reads wait until it is through', async t => {
  const exporter = acking()
  const { control, consumer, messages, offer } = createPair(t, exporter)
  await settled()
  let offered = 0
  const offerSegments = (count: number): void => {
    for (let i = 0; i < count * NAMES_IN_A_SEGMENT; i++) offer(`${offered++} ${NAME}`)
  }
  offerSegments(4)
  for (let round = 1; round <= 5; round++) {
    messages.push({ kind: 'wake' })
    consumer.receive({ kind: 'wake' })
    await settled()
    offerSegments(3)
  }
  messages.push({ kind: 'exit', remainingMs: 1_000, ticket: 3 })
  for (const message of messages.splice(0)) consumer.receive(message)
  await settled()
  const order = exporter.requests.flat().map(name => Number.parseInt(name, 10))
  assert.deepEqual(
    order,
    Array.from({ length: offered }, (_, index) => index),
  )
  assert.equal(control.isDrained(3), true)
})

test('a flush is answered when everything is settled, a close when the exporter is closed', async t => {
  const exporter = new ScriptedExporter()
  const { consumer, replies, offer } = createPair(t, exporter)
  await settled()
  offer('a')
  consumer.receive({ kind: 'flush', id: 1 })
  await settled()
  assert.deepEqual(replies, [])
  await exporter.answer({ outcome: 'acked' })
  assert.deepEqual(replies, [{ kind: 'done', id: 1 }])
  consumer.receive({ kind: 'close', id: 2 })
  await settled()
  assert.deepEqual([replies.at(-1), exporter.closed], [{ kind: 'done', id: 2 }, 1])
})

test('what an exporter has trouble with is sent as lines and as its last error', async t => {
  const { consumer, replies, offer } = createPair(
    t,
    new ScriptedExporter(() => ({ outcome: 'rejected', message: '401' })),
  )
  await settled()
  offer('a')
  consumer.receive({ kind: 'flush', id: 1 })
  await settled()
  assert.deepEqual(replies, [
    { kind: 'error', exporter: 0, message: '401' },
    { kind: 'log', level: 'warn', message: 'scripted: 1 span lost: 401' },
    { kind: 'done', id: 1 },
  ])
})

test("a batch for an object of the caller's thread is handed back, and its answer is what becomes of it", async t => {
  const config = { kind: 'handed_back', name: 'own' } as never
  const { control, consumer, replies, offer } = createPair(t, acking(), config)
  const { calls } = control
  offer('a')
  consumer.receive({ kind: 'flush', id: 1 })
  const [batch] = replies
  assert.ok(batch?.kind === 'batch' && control.calls > calls)
  assert.deepEqual([batch.exporter, batch.count, batch.bytes], [0, 1, namedSpans('a')])
  consumer.receive({ kind: 'exit', remainingMs: 60_000, ticket: 5 })
  await settled()
  assert.equal(control.isDrained(5), false)
  consumer.receive({ kind: 'answer', exporter: 0, batch: batch.batch, result: 'later' })
  assert.equal(control.isDrained(5), true)
  consumer.receive({ kind: 'answer', exporter: 0, batch: batch.batch, result: { outcome: 'rejected', message: '401' } })
  await settled()
  assert.deepEqual(
    replies.map(reply => reply.kind),
    ['batch', 'error', 'log', 'done'],
  )
})

test("the time of a request of such an object is kept on the caller's thread", async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { consumer, replies, offer } = createPair(t, acking(), { kind: 'handed_back', name: 'own' } as never)
  offer('a')
  consumer.receive({ kind: 'flush', id: 1 })
  t.mock.timers.tick(24 * 60 * 60_000)
  await settled()
  assert.deepEqual(
    replies.map(reply => reply.kind),
    ['batch'],
  )
})

test('an exporter that is not to be set up refuses everything and says why', async t => {
  const { consumer, replies, offer } = createPair(t, acking(), { kind: 'unavailable', reason: 'it died' } as never)
  offer('a')
  consumer.receive({ kind: 'flush', id: 1 })
  await settled()
  assert.deepEqual(replies.slice(1), [
    { kind: 'log', level: 'warn', message: 'scripted: 1 span lost: cannot be set up: it died' },
    { kind: 'done', id: 1 },
  ])
})

const timeouts = [
  { title: 'the general timeout', config: {}, ms: 1_250 },
  { title: "an exporter's own timeout in its place", config: { timeoutMs: 30_000 }, ms: 30_250 },
]
for (const { title, config, ms } of timeouts) {
  test(`a request has ${title}`, async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const exporter = new ScriptedExporter()
    const { consumer, offer } = createPair(t, exporter, config as Partial<ExporterConfig>)
    await settled()
    offer('a')
    consumer.receive({ kind: 'flush', id: 1 })
    await settled()
    t.mock.timers.tick(ms - 1)
    assert.equal(exporter.open[0]?.signal.aborted, false)
    t.mock.timers.tick(1)
    assert.equal(exporter.open[0]?.signal.aborted, true)
  })
}
