import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  CUT_PROCESS_TAG,
  CUT_SPAN_TAG,
  type Packet,
  type PackingLosses,
  packBatch,
} from '../../src/exporters/jaeger-packets.ts'
import type { SpanBatch } from '../../src/types/exporter.ts'
import { ThriftBinaryWriter } from '../../src/wire/thrift-binary-writer.ts'
import { ThriftCompactWriter } from '../../src/wire/thrift-compact-writer.ts'
import { span as anySpan } from '../support/arbitraries-otlp.ts'
import { type AttributeObject, batchOf, type SpanObject, sketchSpan } from '../support/batch.ts'
import { type DecodedBatch, type DecodedSpan, decodeDatagram, tagRecord } from '../support/jaeger-thrift.ts'

const WRITERS = {
  compact: (capacity: number) => new ThriftCompactWriter(capacity),
  binary: (capacity: number) => new ThriftBinaryWriter(capacity),
}
type Protocol = keyof typeof WRITERS
const PROTOCOLS = Object.keys(WRITERS) as Protocol[]
const DEFAULT_BYTES = 65_000

interface Packing extends PackingLosses {
  readonly packets: readonly Packet[]
}

/** All packets, each copied before the next one is made. */
function pack(batch: SpanBatch, protocol: Protocol, maxPacketBytes = DEFAULT_BYTES, from = 0): Packing {
  const losses: PackingLosses = { dropped: [], cut: undefined }
  const packing = packBatch(batch, from, WRITERS[protocol], maxPacketBytes, losses)
  const packets = Array.from(packing, ({ parts, ...rest }) => ({
    parts: parts.map(part => Buffer.from(part)),
    ...rest,
  }))
  return { packets, ...losses }
}

/** Asserts that it is as long as it says. */
function bytesOf({ parts, byteCount }: Packet): Uint8Array {
  const bytes = Buffer.concat(parts)
  assert.equal(bytes.length, byteCount)
  return bytes
}

function decode(packets: readonly Packet[], protocol: Protocol): DecodedBatch[] {
  return packets.map(packet => decodeDatagram(bytesOf(packet), protocol))
}

function text(key: string, stringValue: string): AttributeObject {
  return { key, value: { stringValue } }
}

/** A span whose packet has `size` bytes. */
function spanOfPacketSize(size: number, protocol: Protocol): SpanObject {
  const withText = (length: number): SpanObject => sketchSpan({ id: 1, attributes: [text('k', 'x'.repeat(length))] })
  const [whole] = pack(batchOf([withText(size - 1_000)]), protocol, size).packets
  return withText(size - 1_000 + size - whole!.byteCount)
}

describe('a packet is filled to the last byte and never over it', () => {
  for (const protocol of PROTOCOLS) {
    const span = spanOfPacketSize(DEFAULT_BYTES, protocol)
    for (const [what, max] of [
      ['of 64,900 bytes', 64_900],
      ['one byte short', 64_999],
      ['to the byte', 65_000],
      ['with room', 65_100],
    ] as const) {
      test(`a span alone, in a ${protocol} packet ${what}`, () => {
        const { packets, dropped, cut } = pack(batchOf([span]), protocol, max)
        assert.deepEqual([packets.length, dropped, cut], [1, [], max < DEFAULT_BYTES ? 'span 1' : undefined])
        assert.ok(packets[0]!.byteCount <= max)
        assert.equal(packets[0]!.byteCount, Math.min(DEFAULT_BYTES, max))
        const tags = tagRecord(decode(packets, protocol)[0]!.spans[0]!.tags)
        assert.equal(tags[CUT_SPAN_TAG], max < DEFAULT_BYTES ? true : undefined)
      })
    }

    test(`every size from 64,900 to 65,100 bytes of two spans, ${protocol}`, () => {
      for (let size = 64_900; size <= 65_100; size++) {
        const small = sketchSpan({ id: 2, name: 'small' })
        const both = (length: number): SpanBatch =>
          batchOf([sketchSpan({ id: 1, attributes: [text('k', 'x'.repeat(length))] }), small])
        const [measured] = pack(both(64_000), protocol, 70_000).packets
        const { packets } = pack(both(64_000 + size - measured!.byteCount), protocol)
        assert.equal(packets.length, size <= DEFAULT_BYTES ? 1 : 2, `${size} bytes`)
        for (const packet of packets) assert.ok(bytesOf(packet).length <= DEFAULT_BYTES)
        if (packets.length === 1) assert.equal(packets[0]!.byteCount, size)
      }
    })

    test(`any batch, ${protocol}: all spans that are not dropped are there, in order, and each but the last packet is full`, () => {
      fc.assert(
        fc.property(fc.array(anySpan, { maxLength: 40 }), fc.integer({ min: 1_024, max: 4_000 }), (spans, max) => {
          const batch = batchOf(spans)
          const { packets, dropped } = pack(batch, protocol, max)
          for (const packet of packets) assert.ok(packet.byteCount <= max)
          const ids = decode(packets, protocol).flatMap(each => each.spans.map(({ spanId }) => spanId))
          const lost = new Set(dropped.map(({ index }) => index))
          const kept = spans.filter((_span, index) => !lost.has(index))
          assert.deepEqual(
            ids,
            kept.map(({ spanId }) => Buffer.from(spanId).readBigInt64BE()),
          )
          for (const [index, packet] of packets.entries()) {
            const next = packets[index + 1]
            if (next === undefined) continue
            const [firstOfNext] = decode([next], protocol)[0]!.spans
            const position = spans.findIndex(each => Buffer.from(each.spanId).readBigInt64BE() === firstOfNext!.spanId)
            const more = pack(batch, protocol, 1e6, packets[index - 1]?.end ?? 0).packets
            assert.ok(position >= 0 && more.length === 1 && more[0]!.byteCount > max, `packet ${packet.end} had room`)
          }
        }),
        { numRuns: 60 },
      )
    })

    test(`the count of a list grows by a byte at 15 and at 128 spans, ${protocol}`, () => {
      for (const count of [14, 15, 16, 127, 128, 129]) {
        const batch = batchOf(Array.from({ length: count }, (_, id) => sketchSpan({ id: id + 1 })))
        const [whole] = pack(batch, protocol).packets
        assert.equal(pack(batch, protocol, whole!.byteCount).packets.length, 1)
        assert.equal(pack(batch, protocol, whole!.byteCount - 1).packets.length, 2)
        assert.equal(decode([whole!], protocol)[0]!.spans.length, count)
      }
    })
  }
})

describe('a span that is too large by itself', () => {
  const long = 'é'.repeat(50_000)
  const values = (...attributes: AttributeObject[]): SpanObject => sketchSpan({ id: 1, name: 'big', attributes })

  function cutSpan(span: SpanObject, protocol: Protocol, max = DEFAULT_BYTES): DecodedSpan {
    const { packets, dropped, cut } = pack(batchOf([span]), protocol, max)
    assert.deepEqual([packets.length, dropped.length, cut], [1, 0, 'big'])
    assert.ok(packets[0]!.byteCount <= max)
    const decoded = decode(packets, protocol)[0]!.spans[0]!
    assert.equal(tagRecord(decoded.tags)[CUT_SPAN_TAG], true)
    return decoded
  }

  for (const protocol of PROTOCOLS) {
    test(`loses the end of its largest value, and small ones stay whole, ${protocol}`, () => {
      const span = values(text('small', 'whole'), text('long', long), text('next', 'y'.repeat(9_000)))
      const tags = tagRecord(cutSpan(span, protocol).tags)
      assert.deepEqual([tags.small, tags.next], ['whole', 'y'.repeat(9_000)])
      const kept = String(tags.long)
      assert.ok(kept.endsWith('é…') && long.startsWith(kept.slice(0, -1)))
      assert.ok(Buffer.byteLength(kept) > 54_000, 'no more is lost than has to be')
    })

    test(`loses so much of several large values that they are equally long, ${protocol}`, () => {
      const span = values(text('a', long), text('b', 'y'.repeat(70_000)), text('c', 'z'.repeat(5_000)))
      const { a, b, c } = tagRecord(cutSpan(span, protocol).tags) as Record<string, string>
      assert.equal(c, 'z'.repeat(5_000))
      // Of a character of two bytes no half is left.
      assert.ok(b!.length + 2 - Buffer.byteLength(a!) <= 1 && b!.length > 28_000)
    })

    test(`loses of events and bytes too, ${protocol}`, () => {
      const event = { name: 'exception', timeUnixNano: '1', attributes: [text('exception.stacktrace', long)] }
      const bytes = { key: 'bytes', value: { bytesValue: new Uint8Array(40_000) } }
      const { tags, logs } = cutSpan({ ...values(bytes), events: [event] }, protocol)
      assert.equal((tagRecord(tags).bytes as Uint8Array).length > 30_000, true)
      assert.match(String(tagRecord(logs![0]!.fields)['exception.stacktrace']), /^é+…$/)
    })

    test(`loses of its name, ${protocol}`, () => {
      const { packets, dropped } = pack(batchOf([sketchSpan({ id: 1, name: 'n'.repeat(70_000) })]), protocol)
      assert.deepEqual(dropped, [])
      assert.match(decode(packets, protocol)[0]!.spans[0]!.operationName, /^n{60000,}…$/)
    })

    test(`is dropped and named if its values are not what is large, ${protocol}`, () => {
      const keys = Array.from({ length: 128 }, (_, index) => text(`${index}${'k'.repeat(600)}`, 'v'))
      const batch = batchOf([sketchSpan({ id: 1 }), values(...keys), sketchSpan({ id: 3 })])
      const { packets, dropped, cut } = pack(batch, protocol)
      assert.deepEqual(dropped, [{ index: 1, name: 'big' }])
      assert.equal(cut, undefined)
      assert.deepEqual(
        decode(packets, protocol).map(({ spans }) => spans.map(({ operationName }) => operationName)),
        [['span 1', 'span 3']],
      )
    })
  }
})

describe('the resource', () => {
  test('comes with every packet', () => {
    const batch = batchOf(Array.from({ length: 100 }, (_, id) => sketchSpan({ id: id + 1 })))
    const packets = decode(pack(batch, 'compact', 2_000).packets, 'compact')
    assert.ok(packets.length > 5)
    for (const { process } of packets) assert.equal(process.serviceName, 'test')
  })

  for (const protocol of PROTOCOLS) {
    test(`loses its largest values where it takes more than half of a packet, ${protocol}`, () => {
      const resource = { 'service.name': 'test', 'process.command_args': 'a'.repeat(60_000), 'host.name': 'h' }
      const batch = { ...batchOf([sketchSpan({ id: 1, attributes: [text('k', 'v'.repeat(20_000))] })]), resource }
      const { packets, cut } = pack(batch, protocol)
      const [{ process, spans }] = decode(packets, protocol) as [DecodedBatch]
      const tags = tagRecord(process.tags)
      assert.deepEqual([tags['host.name'], tags[CUT_PROCESS_TAG], cut], ['h', true, undefined])
      assert.match(String(tags['process.command_args']), /^a{32000,32500}…$/)
      assert.equal(tagRecord(spans[0]!.tags).k, 'v'.repeat(20_000))
    })
  }

  test('is left out, but for the service name, where its keys alone take more than that', () => {
    const resource = { 'service.name': 'test', ['k'.repeat(2_000)]: 'v' }
    const { packets } = pack({ ...batchOf([sketchSpan({ id: 1 })]), resource }, 'compact', 1_024)
    const { serviceName, tags } = decode(packets, 'compact')[0]!.process
    assert.deepEqual([serviceName, tagRecord(tags)], ['test', { [CUT_PROCESS_TAG]: true }])
  })
})

test('a packet is made when it is asked for, without the rest of the batch', () => {
  let read = 0
  const batch = batchOf(Array.from({ length: 1_000 }, (_, id) => sketchSpan({ id: id + 1 })))
  function* counted(): ReturnType<SpanBatch['spans']> {
    for (const span of batch.spans()) {
      read++
      yield span
    }
  }
  const losses: PackingLosses = { dropped: [], cut: undefined }
  packBatch({ ...batch, spans: counted }, 0, WRITERS.compact, 2_000, losses).next()
  assert.ok(read > 1 && read < 50, `${read} spans were read`)
})

test('packing begins with any span of the batch', () => {
  const batch = batchOf(Array.from({ length: 5 }, (_, id) => sketchSpan({ id })))
  const { packets } = pack(batch, 'compact', DEFAULT_BYTES, 3)
  assert.deepEqual(
    packets.map(({ end }) => end),
    [5],
  )
  assert.deepEqual(
    decode(packets, 'compact')[0]!.spans.map(({ operationName }) => operationName),
    ['span 3', 'span 4'],
  )
})
