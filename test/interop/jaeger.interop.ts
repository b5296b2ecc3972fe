import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { arrived, type RealCollector, type RealJaeger, startRealCollector, startRealJaeger } from './backends.ts'
import { compareSpans, countFields, spansOf } from './compare.ts'
import { comparable, inJaeger, throughJaeger, withSortedAttributes } from './expected-jaeger.ts'
import { sendCorpus } from './sending.ts'

let collector: RealCollector
let jaeger: RealJaeger
before(async () => {
  ;[collector, jaeger] = await Promise.all([startRealCollector(), startRealJaeger()])
})
after(() => Promise.all([collector.stop(), jaeger.stop()]))

type Ports = RealJaeger['ports']
const transports: [transport: string, target: (ports: Ports) => object][] = [
  ['udp/thrift.compact', ({ compact }) => ({ host: '127.0.0.1', port: compact })],
  ['udp/thrift.binary', ({ binary }) => ({ host: '127.0.0.1', port: binary })],
  ['http/thrift.binary', ({ thriftHttp }) => ({ url: `http://127.0.0.1:${thriftHttp}` })],
]

/** Over UDP nothing larger than a datagram arrives whole. */
const corpusFor = (transport: string) => (transport.startsWith('http') ? 'large' : 'small')

describe('Jaeger → Collector, every field of every span', () => {
  for (const [transport, target] of transports) {
    test(transport, async t => {
      const exporters = { kind: 'jaeger', transport, ...target(collector.ports) }
      const expected = (await sendCorpus(transport, exporters, corpusFor(transport))).map(throughJaeger)
      const spans = await arrived(() => spansOf(collector.requests(), transport), expected.length)
      const fields = compareSpans(spans.map(withSortedAttributes), expected)
      t.diagnostic(`${expected.length} spans sent, ${spans.length} received, ${fields} fields compared`)
    })
  }
})

describe('Jaeger → Jaeger, every field of every span that its query service shows', () => {
  for (const [transport, target] of transports) {
    test(transport, async t => {
      const exporters = { kind: 'jaeger', transport, ...target(jaeger.ports) }
      const expected = (await sendCorpus(transport, exporters, corpusFor(transport))).map(inJaeger)
      const spans = await arrived(() => jaeger.spans(transport), expected.length)
      const byId = (a: { spanID: string }, b: { spanID: string }) => (a.spanID < b.spanID ? -1 : 1)
      assert.deepEqual(spans.map(comparable).sort(byId), [...expected].sort(byId))
      t.diagnostic(`${expected.length} spans sent, ${spans.length} received, ${countFields(expected)} fields compared`)
    })
  }
})

test('a span that no datagram holds loses its largest values, and says so', async () => {
  const exporters = { kind: 'jaeger', host: '127.0.0.1', port: jaeger.ports.compact }
  const said = /span "values of 100 kB" is too large for a datagram of 65000 bytes: its largest values are cut/
  const expected = await sendCorpus('large over UDP', exporters, 'large', said)
  const spans = await arrived(() => jaeger.spans('large over UDP'), expected.length)
  assert.equal(spans.length, expected.length)
  const large = spans.find(({ operationName }) => operationName === 'values of 100 kB')!
  const tags = Object.fromEntries(large.tags.map(({ key, value }) => [key, value]))
  assert.equal(tags.small, 'kept')
  assert.ok(tags['span.truncated'])
  assert.ok(String(tags.ascii).length < 65_000 && String(tags.four_bytes).length < 65_000)
})
