import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { toZipkinSpan, type ZipkinSpan } from '../../src/exporters/zipkin-span.ts'
import { type AttributeObject, batchOf, type SpanSketch, sketchSpan } from '../support/batch.ts'

const SCOPE_TAGS = {
  'otel.scope.name': 'test',
  'otel.scope.version': '1',
  'otel.library.name': 'test',
  'otel.library.version': '1',
}
const START_US = 1_700_000_000_000_000

/** As it arrives: what is undefined is not in JSON. */
function zipkin(sketch: Omit<SpanSketch, 'id'>): ZipkinSpan {
  const batch = batchOf([sketchSpan({ id: 7, startUs: 0, ...sketch })])
  const [span] = batch.spans()
  return JSON.parse(JSON.stringify(toZipkinSpan(span!, batch)))
}

function text(key: string, stringValue: string): AttributeObject {
  return { key, value: { stringValue } }
}

test('a root without anything', () => {
  assert.deepEqual(zipkin({ name: 'load', endUs: 1_500 }), {
    traceId: '00000000000000000000000000000001',
    id: '0000000000000007',
    name: 'load',
    timestamp: START_US,
    duration: 1_500,
    localEndpoint: { serviceName: 'test' },
    tags: SCOPE_TAGS,
  })
})

describe('fields', () => {
  const rows: readonly [what: string, sketch: Omit<SpanSketch, 'id'>, fields: Partial<ZipkinSpan>][] = [
    ['a parent', { parent: 3 }, { parentId: '0000000000000003' }],
    ['an internal span has no kind', { kind: 1 }, {}],
    ['a server', { kind: 2 }, { kind: 'SERVER' }],
    ['a client', { kind: 3 }, { kind: 'CLIENT' }],
    ['a producer', { kind: 4 }, { kind: 'PRODUCER' }],
    ['a consumer', { kind: 5 }, { kind: 'CONSUMER' }],
    ['no time at all is a microsecond', { endUs: 0 }, { duration: 1 }],
    [
      'a client names the other side by the best attribute',
      { kind: 3, attributes: [text('db.name', 'meshes'), text('server.address', 'db.local')] },
      { kind: 'CLIENT', remoteEndpoint: { serviceName: 'db.local' } },
    ],
    ['a server does not', { kind: 2, attributes: [text('server.address', 'here')] }, { kind: 'SERVER' }],
    [
      'an event is an annotation',
      { events: [{ name: 'cut', timeUnixNano: '1700000000000002999' }] },
      { annotations: [{ timestamp: START_US + 2, value: 'cut' }] },
    ],
    [
      'its attributes are JSON behind its name',
      {
        events: [
          { name: 'a "b"', timeUnixNano: '1700000000000000000', attributes: [{ key: 'n', value: { intValue: 1 } }] },
        ],
      },
      { annotations: [{ timestamp: START_US, value: '"a \\"b\\"": {"n":1}' }] },
    ],
  ]
  for (const [what, sketch, fields] of rows) {
    test(what, () => {
      const { kind, parentId, remoteEndpoint, annotations, duration } = zipkin({ endUs: 1, ...sketch })
      const found = { kind, parentId, remoteEndpoint, annotations, ...('duration' in fields ? { duration } : {}) }
      assert.deepEqual(JSON.parse(JSON.stringify(found)), fields)
    })
  }
})

describe('tags', () => {
  const big = '9007199254740993'
  const rows: readonly [what: string, sketch: Omit<SpanSketch, 'id'>, tags: Record<string, string>][] = [
    ['text', { attributes: [text('k', 'v')] }, { k: 'v' }],
    ['a boolean', { attributes: [{ key: 'k', value: { boolValue: true } }] }, { k: 'true' }],
    ['a whole number beyond 2^53', { attributes: [{ key: 'k', value: { intValue: big } }] }, { k: big }],
    ['a fraction', { attributes: [{ key: 'k', value: { doubleValue: 0.5 } }] }, { k: '0.5' }],
    ['no number', { attributes: [{ key: 'k', value: { doubleValue: Number.NaN } }] }, { k: 'NaN' }],
    ['nothing', { attributes: [{ key: 'k', value: {} }] }, { k: '' }],
    ['bytes', { attributes: [{ key: 'k', value: { bytesValue: Uint8Array.of(1, 2) } }] }, { k: 'AQI=' }],
    [
      'a list',
      { attributes: [{ key: 'k', value: { arrayValue: { values: [{ stringValue: 'a' }, {}, { intValue: big }] } } }] },
      { k: `["a",null,"${big}"]` },
    ],
    ['success', { status: { code: 1 } }, { 'otel.status_code': 'OK' }],
    ['failure', { status: { code: 2, message: 'no face' } }, { 'otel.status_code': 'ERROR', error: 'no face' }],
    ['failure without a word', { status: { code: 2 } }, { 'otel.status_code': 'ERROR', error: '' }],
    [
      'error=false is left out, since any error tag is a failure',
      { attributes: [{ key: 'error', value: { boolValue: false } }] },
      {},
    ],
    [
      'what was dropped',
      { droppedAttributesCount: 1, droppedEventsCount: 2, droppedLinksCount: 3 },
      { 'otel.dropped_attributes_count': '1', 'otel.dropped_events_count': '2', 'otel.dropped_links_count': '3' },
    ],
    ['the key of a prototype', { attributes: [text('__proto__', 'v')] }, JSON.parse('{"__proto__":"v"}')],
  ]
  for (const [what, sketch, tags] of rows) {
    test(what, () =>
      assert.deepEqual(
        Object.entries(zipkin(sketch).tags!),
        Object.entries({ ...tags, ...SCOPE_TAGS }).sort(bySketch(tags)),
      ),
    )
  }

  test('of the resource, less the service name, and the span has the last word', () => {
    const batch = batchOf([sketchSpan({ id: 1, attributes: [text('host.name', 'span')] })])
    const resource = { 'service.name': 's', 'host.name': 'resource', 'process.pid': 5 }
    const [span] = batch.spans()
    const { tags, localEndpoint } = toZipkinSpan(span!, { resource, scope: batch.scope })
    assert.deepEqual(localEndpoint, { serviceName: 's' })
    assert.deepEqual(tags, { 'host.name': 'span', 'process.pid': '5', ...SCOPE_TAGS })
  })
})

/** Attributes first, then the scope, then what is said of the whole span. */
function bySketch(tags: Record<string, string>): (a: [string, string], b: [string, string]) => number {
  const rank = (key: string): number => {
    if (key in SCOPE_TAGS) return 1
    return key.startsWith('otel.') || (key === 'error' && 'otel.status_code' in tags) ? 2 : 0
  }
  return ([a], [b]) => rank(a) - rank(b)
}
