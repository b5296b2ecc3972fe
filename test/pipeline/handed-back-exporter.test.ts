import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch, Parcel } from '../../src/pipeline/batch.ts'
import { HandedBackExporter } from '../../src/pipeline/handed-back-exporter.ts'
import type { ToCallersExporter } from '../../src/pipeline/messages.ts'
import { FRAME } from '../support/delivery-settings.ts'
import { namedSpans } from '../support/named-spans.ts'

const ACKED = { outcome: 'acked', rejected: 0, tooLarge: 0, message: '' } as const

function handingBack(): {
  exporter: HandedBackExporter
  sent: ToCallersExporter[]
  parcel: Parcel
  signal: AbortSignal
} {
  const sent: ToCallersExporter[] = []
  const batch = new Batch(namedSpans('a', 'b'), 2, () => {})
  return {
    exporter: new HandedBackExporter('own', 1, message => sent.push(message)),
    sent,
    parcel: new Parcel(batch, FRAME),
    signal: new AbortController().signal,
  }
}

test('a batch is sent as a copy in a buffer of its own', () => {
  const { exporter, sent, parcel, signal } = handingBack()
  void exporter.export(parcel, signal)
  const [message] = sent
  assert.ok(message?.kind === 'batch')
  assert.deepEqual(message, { kind: 'batch', exporter: 1, batch: 1, bytes: parcel.bytes, count: 2 })
  assert.equal(message.bytes.buffer.byteLength, message.bytes.length)
  structuredClone(message.bytes, { transfer: [message.bytes.buffer] })
  assert.deepEqual(parcel.bytes, namedSpans('a', 'b'))
})

test('each request gets its own answer, also one that is announced as later', async () => {
  const { exporter, parcel, signal } = handingBack()
  const first = exporter.export(parcel, signal)
  const second = exporter.export(parcel, signal)
  assert.equal(exporter.lateCount, 0)
  exporter.receive({ kind: 'answer', exporter: 1, batch: 1, result: 'later' })
  assert.equal(exporter.lateCount, 1)
  exporter.receive({ kind: 'answer', exporter: 1, batch: 2, result: { outcome: 'rejected', message: 'no' } })
  exporter.receive({ kind: 'answer', exporter: 1, batch: 1, result: ACKED })
  exporter.receive({ kind: 'answer', exporter: 1, batch: 1, result: ACKED })
  assert.equal(exporter.lateCount, 0)
  assert.deepEqual([await first, await second], [ACKED, { outcome: 'rejected', message: 'no' }])
})

test('an abort is passed on with the batch it is for', () => {
  const { exporter, sent, parcel, signal } = handingBack()
  const abort = new AbortController()
  void exporter.export(parcel, signal)
  void exporter.export(parcel, abort.signal)
  abort.abort()
  assert.deepEqual(sent.slice(2), [{ kind: 'abort', exporter: 1, batch: 2 }])
})

test('close is passed on and settles as it does there', async () => {
  for (const trouble of [undefined, 'stuck']) {
    const { exporter, sent } = handingBack()
    const closed = exporter.close()
    assert.deepEqual(sent, [{ kind: 'close', exporter: 1 }])
    exporter.receive({ kind: 'closed', exporter: 1, trouble })
    if (trouble === undefined) await closed
    else await assert.rejects(closed, { message: trouble })
  }
})
