import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_PAYLOAD_BYTES, takePayload } from '../../src/jobs/payload.ts'
import { createRedactor } from '../../src/redaction/redactor.ts'
import type { RedactOptions } from '../../src/types/redact.ts'

function taken(params: unknown, maxBytes?: number, redact?: RedactOptions): unknown {
  return JSON.parse(JSON.stringify(takePayload(params, createRedactor(redact), maxBytes).payload))
}

const ring: { name: string; self?: unknown } = { name: 'ring' }
ring.self = { again: ring }
let deep = {}
for (let level = 0; level < 40; level++) deep = { deep }

const values: readonly [what: string, value: unknown, expected: unknown][] = [
  ['what JSON has', { a: ['x', 1, true, null] }, { a: ['x', 1, true, null] }],
  ['a cycle', ring, { name: 'ring', self: { again: '[circular]' } }],
  ['a shared object, which is no cycle', Array(2).fill([1]), [[1], [1]]],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a big integer', 2n ** 70n, '1180591620717411303424'],
  ['numbers that JSON has not', [Number.NaN, Number.POSITIVE_INFINITY], ['NaN', 'Infinity']],
  ['a Map and a Set', new Map<unknown, unknown>([['k', new Set([1])]]), { k: [1] }],
  ['bytes', new Uint8Array([1, 2, 255]), 'AQL/'],
  ['an error', new TypeError('boom'), 'TypeError: boom'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['functions and undefined inside', { f: () => {}, u: undefined, list: [undefined] }, { list: [null] }],
  ['toJSON', { toJSON: () => ({ a: 1 }) }, { a: 1 }],
  ['a toJSON that throws', { toJSON: () => assert.fail('no') }, '[unreadable]'],
  ['a __proto__', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
]

describe('a value of a payload', () => {
  for (const [what, value, expected] of values) {
    test(what, () => assert.deepEqual(taken({ value }), { value: expected }))
  }

  test('that is nested too deeply is cut', () => assert.match(JSON.stringify(taken({ deep })), /\[too deep\]/))

  test('that is read by code which throws', () => {
    const params = Object.defineProperty({ b: 1 }, 'a', { enumerable: true, get: () => assert.fail('read') })
    assert.deepEqual(taken(params), { a: '[unreadable]', b: 1 })
  })
})

for (const params of [undefined, null, 'text', 7]) {
  test(`parameters that are ${params} are none`, () => assert.deepEqual(taken(params), {}))
}

describe('the cap', () => {
  test('a value that does not fit is cut whole, and those after it are kept', () => {
    const { payload, isCut } = takePayload(
      { huge: 'x'.repeat(100), list: Array(100).fill(7), scene: 's' },
      undefined,
      80,
    )
    assert.deepEqual({ ...payload }, { huge: '[cut]', list: '[cut]', scene: 's' })
    assert.equal(isCut, true)
  })

  test('a payload within it is not cut', () => {
    const params = { a: 'x'.repeat(MAX_PAYLOAD_BYTES - 10) }
    assert.equal(takePayload(params).isCut, false)
    assert.equal(takePayload({ a: `${params.a}xx` }).isCut, true)
  })

  test('members that are nothing count as the null that stands for them', () => {
    const { payload, isCut } = takePayload({ list: Array(20).fill(undefined), seven: 7 }, undefined, 80)
    assert.deepEqual({ ...payload }, { list: '[cut]', seven: 7 })
    assert.equal(isCut, true)
  })

  test('huge values do not take long', () => {
    const huge = { list: Array.from({ length: 2_000_000 }, (_, index) => ({ index })) }
    const params = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, huge]))
    const startMs = performance.now()
    assert.equal(takePayload(params).isCut, true)
    assert.ok(performance.now() - startMs < 10_000)
  })

  test('whatever it is given, the text is JSON of at most that many bytes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything({ withDate: true, withMap: true })),
        fc.nat(300),
        (params, max) => {
          const { payload, isCut } = takePayload(params, undefined, max + 2)
          const bytes = Buffer.byteLength(JSON.stringify(payload))
          assert.ok(bytes <= max + 2, `${bytes} bytes`)
          if (!isCut) assert.equal(takePayload(params).isCut, false)
        },
      ),
    )
  })
})

describe('redaction', () => {
  test('by key: of any depth, by the path of its attribute, in any case', () => {
    const params = { password: 'p', db: { Password: ['a', 'b'], user: 'me' }, exact: { token: 't' }, token: 'seen' }
    assert.deepEqual(taken(params, undefined, { keys: ['password', 'input.exact.token'] }), {
      password: '[redacted]',
      db: { Password: '[redacted]', user: 'me' },
      exact: { token: '[redacted]' },
      token: 'seen',
    })
  })

  test('by value: in texts, numbers and keys', () => {
    const params = { note: 'card 4929123456789012.', card: 4929123456789012, 4929123456789012: 1 }
    assert.deepEqual(taken(params, undefined, { values: [/\d{16}/], replacement: '#' }), {
      note: 'card #.',
      card: '#',
      '#': 1,
    })
  })

  test('by the function: it is told that this is a payload, and the key', () => {
    const seen: unknown[] = []
    const redact: RedactOptions = { with: (...args) => void seen.push(args) as undefined }
    assert.deepEqual(taken({ a: { b: 'x' } }, undefined, redact), { a: { b: '[redacted]' } })
    assert.deepEqual(seen, [['payload', 'x', 'b']])
  })

  test('what is cut is not looked at: half a secret matches no pattern', () => {
    const params = { long: `${'x'.repeat(200)}4929123456789012` }
    assert.deepEqual(taken(params, 100, { values: [/\d{16}/] }), { long: '[cut]' })
  })
})
