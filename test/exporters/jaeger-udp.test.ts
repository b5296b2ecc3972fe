import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { CUT_SPAN_TAG } from '../../src/exporters/jaeger-packets.ts'
import { initTracing } from '../../src/index.ts'
import { type AttributeObject, sketchBatch } from '../support/batch.ts'
import { exportBatch, exporterFor } from '../support/exporters.ts'
import { decodeDatagram, tagRecord } from '../support/jaeger-thrift.ts'
import { assertBalanced } from '../support/ledger.ts'
import { closedUdpPort, startUdpReceiver, type UdpReceiver } from '../support/udp-receiver.ts'

const BATCH = sketchBatch({ id: 1, name: 'first' }, { id: 2, name: 'second', parent: 1 })

// An exporter by itself holds no event loop.
let hold: NodeJS.Timeout
before(() => {
  hold = setInterval(() => {}, 1_000)
})
after(() => clearInterval(hold))

function urlOf({ port }: UdpReceiver): string {
  return `udp://127.0.0.1:${port}`
}

/** The names of the spans in each datagram. */
function namesIn({ datagrams }: UdpReceiver, protocol: 'compact' | 'binary' = 'compact'): string[][] {
  return datagrams.map(each => decodeDatagram(each, protocol).spans.map(({ operationName }) => operationName))
}

function long(length: number): AttributeObject[] {
  return [{ key: 'long', value: { stringValue: 'x'.repeat(length) } }]
}

/** Over 1,024 bytes of keys, of which nothing can be cut. */
const KEYS: AttributeObject[] = Array.from({ length: 20 }, (_, index) => ({
  key: `${index}${'k'.repeat(60)}`,
  value: { boolValue: true },
}))

for (const protocol of ['compact', 'binary'] as const) {
  test(`a batch is one datagram where it fits, ${protocol}`, async t => {
    const receiver = await startUdpReceiver(t)
    const exporter = await exporterFor(t, 'jaeger', { url: urlOf(receiver), transport: `udp/thrift.${protocol}` })
    assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'sent' })
    await receiver.received(1)
    assert.deepEqual(namesIn(receiver, protocol), [['first', 'second']])
  })
}

test('a batch that does not fit is several datagrams, none of them over maxPacketBytes', async t => {
  const receiver = await startUdpReceiver(t)
  const exporter = await exporterFor(t, 'jaeger', { url: urlOf(receiver), maxPacketBytes: 2_000 })
  const sketches = Array.from({ length: 40 }, (_, id) => ({ id, attributes: long(100) }))
  assert.deepEqual(await exportBatch(exporter, sketchBatch(...sketches)), { outcome: 'sent' })
  await receiver.received(6)
  assert.deepEqual(
    namesIn(receiver).flat(),
    sketches.map(({ id }) => `span ${id}`),
  )
  for (const { length } of receiver.datagrams) assert.ok(length <= 2_000)
})

test('a span that is too large is cut, tagged and named', async t => {
  const receiver = await startUdpReceiver(t)
  const exporter = await exporterFor(t, 'jaeger', { url: urlOf(receiver) })
  assert.deepEqual(
    await exportBatch(exporter, sketchBatch({ id: 1, name: 'mesh', attributes: long(100_000) }, { id: 2 })),
    {
      outcome: 'sent',
      message: `${urlOf(receiver)}: span "mesh" is too large for a datagram of 65000 bytes: its largest values are cut, and span.truncated says so`,
    },
  )
  await receiver.received(2)
  const [first] = receiver.datagrams
  const tags = tagRecord(decodeDatagram(first!, 'compact').spans[0]!.tags)
  assert.equal(tags[CUT_SPAN_TAG], true)
  assert.deepEqual(namesIn(receiver), [['mesh'], ['span 2']])
})

test('a span that does not fit even so is dropped, named and counted, and the others go', async t => {
  const receiver = await startUdpReceiver(t)
  const exporter = await exporterFor(t, 'jaeger', { url: urlOf(receiver), maxPacketBytes: 1_024 })
  const batch = sketchBatch(
    { id: 1 },
    { id: 2, name: 'wide', attributes: KEYS },
    { id: 3, attributes: KEYS },
    { id: 4 },
  )
  assert.deepEqual(await exportBatch(exporter, batch), {
    outcome: 'sent',
    tooLarge: 2,
    message: `${urlOf(receiver)}: span "wide" does not fit a datagram of 1024 bytes, even without its values`,
  })
  await receiver.received(1)
  assert.deepEqual(namesIn(receiver), [['span 1', 'span 4']])
})

describe('what the system or the network refuses', () => {
  test('datagrams that are too long for the system become shorter, and what has gone does not go again', async t => {
    const receiver = await startUdpReceiver(t)
    // One byte more than UDP has room for stands for a system that takes less.
    const exporter = await exporterFor(t, 'jaeger', { url: urlOf(receiver), maxPacketBytes: 200_000 })
    const batch = sketchBatch(
      { id: 1, attributes: long(100_000) },
      { id: 2, attributes: long(40_000) },
      { id: 3, attributes: long(300_000) },
    )
    const { outcome, message } = await exportBatch(exporter, batch)
    assert.equal(outcome, 'sent')
    assert.match(message!, /^udp:.*: this system sends no datagram of \d+ bytes; they have at most \d+ from now on$/)
    await receiver.received(3)
    assert.deepEqual(namesIn(receiver).flat(), ['span 1', 'span 2', 'span 3'])
    assert.equal((await exportBatch(exporter, sketchBatch({ id: 4, attributes: long(30_000) }))).message, undefined)
  })

  const rows: readonly [what: string, url: (t: TestContext) => Promise<string>, message: RegExp][] = [
    [
      'a port on which nobody listens',
      async t => `udp://127.0.0.1:${await closedUdpPort(t)}`,
      /^udp:\/\/127\.0\.0\.1:\d+: connection refused; is the collector running, and on this port\?$/,
    ],
    [
      'a host that does not exist',
      async () => 'udp://agent.invalid:6831',
      /^udp:\/\/agent\.invalid:6831: (host name agent\.invalid not found; is it spelled right|no answer from DNS)/,
    ],
    [
      'an address that nothing may be sent to',
      async () => 'udp://255.255.255.255:6831',
      /^udp:\/\/255\.255\.255\.255:6831: this process is not allowed to open the connection$/,
    ],
  ]
  for (const [what, url, message] of rows) {
    test(`${what} is tried again, with nothing settled`, async t => {
      const exporter = await exporterFor(t, 'jaeger', { url: await url(t) })
      for (let attempt = 0; attempt < 2; attempt++) {
        const result = await exportBatch(exporter, BATCH)
        assert.deepEqual([result.outcome, (result as { settled?: number }).settled], ['retry', 0])
        assert.match(result.message!, message)
      }
    })
  }

  test('what went before a refusal is settled, up to the first span that was dropped', async t => {
    const receiver = await startUdpReceiver(t)
    const exporter = await exporterFor(t, 'jaeger', { url: urlOf(receiver), maxPacketBytes: 1_024 })
    const sketches = Array.from({ length: 6 }, (_, id) => ({ id, attributes: id === 2 ? KEYS : long(600) }))
    const sending = exportBatch(exporter, sketchBatch(...sketches))
    await receiver.received(4)
    receiver.close()
    assert.deepEqual({ ...(await sending), message: '' }, { outcome: 'retry', settled: 2, message: '' })
  })

  test('a request that is given up is tried again, with nothing settled', async t => {
    const receiver = await startUdpReceiver(t)
    const exporter = await exporterFor(t, 'jaeger', { url: urlOf(receiver) })
    assert.deepEqual(await exportBatch(exporter, BATCH, AbortSignal.abort()), {
      outcome: 'retry',
      message: `${urlOf(receiver)}: given up before all of it was sent`,
      settled: 0,
    })
  })
})

test('spans arrive, are counted as sent and never as acknowledged, and the ledger balances', async t => {
  const receiver = await startUdpReceiver(t)
  const tracing = initTracing({
    serviceName: 'jaeger test',
    exporters: { kind: 'jaeger', host: '127.0.0.1', port: receiver.port, maxPacketBytes: 2_048 },
    exportThread: 'main',
    logger: false,
    handleSignals: false,
  })
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}${'k'.repeat(60)}`, index]))
  tracing.tracer.span('outer', () => tracing.tracer.span('inner', () => {}))
  tracing.tracer.startSpan('wide', { attributes: wide }).end()
  assert.deepEqual(await tracing.shutdown(), { ok: false, pending: 0 })
  const stats = tracing.stats()
  assertBalanced(stats)
  const { acked, sent, dropped } = stats.exporters.jaeger!
  assert.deepEqual([acked, sent, dropped.too_large], [0, 2, 1])
  await receiver.received(1)
  const { process, spans } = decodeDatagram(receiver.datagrams[0]!, 'compact')
  assert.equal(process.serviceName, 'jaeger test')
  const [inner, outer] = spans
  assert.deepEqual([inner!.operationName, outer!.operationName], ['inner', 'outer'])
  assert.equal(inner!.parentSpanId, outer!.spanId)
  assert.deepEqual([inner!.traceIdHigh, inner!.traceIdLow], [outer!.traceIdHigh, outer!.traceIdLow])
})
