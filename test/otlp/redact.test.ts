import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { takeAttributes } from '../../src/otlp/attributes.ts'
import { readResource } from '../../src/otlp/read-resource.ts'
import { redactAttributes, redactValue } from '../../src/otlp/redact.ts'
import { createRequestFrame } from '../../src/otlp/request-frame.ts'
import { takeValue } from '../../src/otlp/take-value.ts'
import type { StoredValue } from '../../src/otlp/values.ts'
import { Redactor } from '../../src/redaction/redactor.ts'
import { SpanRedaction } from '../../src/trace/span-redaction.ts'

const UNLIMITED = Number.POSITIVE_INFINITY
const MAX_TEXT = 65_536
const CARD = 4929123456789012
const redactor = new Redactor({ keys: ['password', 'config.db.host'], values: [/secret-\d+-end/, /\b\d{16}\b/] })

/** As a span has it: taken when it is set, redacted at the end. */
function shown(key: string, value: unknown, maxLength = UNLIMITED): StoredValue {
  const taken = takeValue(value, UNLIMITED, { redactor }, key)
  return redactValue({ redactor, maxLength }, 'attribute', key, taken!)
}

class Credentials {
  user = 'me'
  password = 'mine'
}

describe('an attribute is shown as', () => {
  /** [key, value, shown] */
  const rows: readonly [key: string, value: unknown, shown: unknown][] = [
    ['a', 'secret-1-end', '[redacted]'],
    ['a', 'plain', 'plain'],
    ['password', 'plain', '[redacted]'],
    ['password', 7, '[redacted]'],
    ['password', 7n, '[redacted]'],
    ['password', false, '[redacted]'],
    ['password', ['a', 'b'], '[redacted]'],
    ['password', { a: 1 }, '[redacted]'],
    ['a', ['secret-1-end', 'b', null], ['[redacted]', 'b', null]],
    ['a', CARD, '[redacted]'],
    ['a', [1, CARD, true, BigInt(CARD)], [1, '[redacted]', true, '[redacted]']],
    ['a', 2n ** 70n, '1180591620717411303424'],
    ['a', new Error('of secret-1-end'), 'of [redacted]'],
    ['a', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a', { b: 'secret-1-end', c: CARD, d: 1, e: null }, '{"b":"[redacted]","c":"[redacted]","d":1,"e":null}'],
    ['a', { deep: [{ Password: { x: 1 } }] }, '{"deep":[{"Password":"[redacted]"}]}'],
    ['a', { 'smtp.password': 'x', password: undefined, log: () => {} }, '{"smtp.password":"[redacted]"}'],
    ['config', { db: { host: 'h', port: 1 } }, '{"db":{"host":"[redacted]","port":1}}'],
    ['a', { db: { host: 'h' } }, '{"db":{"host":"h"}}'],
    ['a', { 'secret-1-end': 1 }, '{"[redacted]":1}'],
    ['a', new Map([['password', 'x']]), '{"password":"[redacted]"}'],
    ['a', new Credentials(), '{"user":"me","password":"[redacted]"}'],
    ['a', { toJSON: () => ({ password: 'x' }) }, '{"password":"[redacted]"}'],
    ['a', [{ b: new Error('secret-1-end') }, Symbol('secret-1-end')], '[{"b":"[redacted]"},"Symbol([redacted])"]'],
    ['a', Symbol('secret-1-end'), 'Symbol([redacted])'],
    ['a', '{"password":"x"}', '{"password":"x"}'],
  ]
  for (const [key, value, expected] of rows) {
    test(`${key} = ${show(value)}: ${show(expected)}`, () => assert.deepEqual(shown(key, value), expected))
  }

  test('a property whose text JSON escapes is matched as it is', () => {
    const quoting = new Redactor({ values: [/say "[^"]*"\n/] })
    const taken = takeValue({ a: 'say "x"\n' }, UNLIMITED, { redactor: quoting }, 'key')
    assert.equal(taken, '{"a":"[redacted]"}')
  })

  test('a pattern may span properties', () => {
    const spanning = new Redactor({ values: [/"iv":.*"tag":"\w+"/] })
    const taken = takeValue({ id: 1, iv: 'x', tag: 'y' }, UNLIMITED, { redactor: spanning }, 'key')!
    assert.equal(
      redactValue({ redactor: spanning, maxLength: UNLIMITED }, 'attribute', 'key', taken),
      '{"id":1,[redacted]}',
    )
  })

  test('a hidden property is not even read into the text', () => {
    const toJSON = (): never => assert.fail('converted')
    assert.equal(shown('a', { password: { toJSON } }), '{"password":"[redacted]"}')
  })
})

describe('a limit cuts what has been redacted', () => {
  const rows: readonly [value: unknown, maxLength: number, shown: unknown][] = [
    ['secret-1-end and more', 4, '[red'],
    ['secret-1-end and more', 14, '[redacted] and'],
    [['secret-1-end', 'abcdef'], 3, ['[re', 'abc']],
    [{ a: 'secret-1-end' }, 9, '{"a":"[re'],
    [CARD, 2, '[r'],
  ]
  for (const [value, maxLength, expected] of rows) {
    test(`${show(value)} to ${maxLength}`, () => assert.deepEqual(shown('key', value, maxLength), expected))
  }
  test('and the replacement of a hidden value', () => assert.equal(shown('password', 1, 3), '[re'))
})

describe('what is cut when it becomes text is not shown in part', () => {
  const half = 'secret-1'
  const filler = (length: number): string => 'x'.repeat(length)
  const rows: readonly [what: string, value: unknown, shown: string][] = [
    ['an object', { a: filler(MAX_TEXT - half.length - 6), b: 'secret-1-end' }, '[redacted]'],
    ['a long property', { a: `${filler(MAX_TEXT - half.length)}secret-1-end${filler(9)}` }, '[redacted]'],
    ['an Error', new Error(`${filler(MAX_TEXT - half.length)}secret-1-end`), '[redacted]'],
    ['a list', Array.from({ length: MAX_TEXT }, () => [1]), '[redacted]'],
    ['a Buffer', Buffer.alloc(MAX_TEXT), '[redacted]'],
    ['a symbol', Symbol(filler(MAX_TEXT)), '[redacted]'],
    [
      'a short object with a long hidden property',
      { password: filler(MAX_TEXT), b: 1 },
      '{"password":"[redacted]","b":1}',
    ],
  ]
  for (const [what, value, expected] of rows) test(what, () => assert.equal(shown('key', value), expected))

  test('an object as long as may be is shown', () => {
    assert.equal(String(shown('key', { a: filler(MAX_TEXT - 8) })).length, MAX_TEXT)
    assert.equal(shown('key', { a: filler(MAX_TEXT - 7) }), '[redacted]')
  })
})

test('keys are masked; of two that become one the first is kept, and the other and empty ones are counted', () => {
  const bare = new Redactor({ values: [/secret\d/], replacement: '' })
  const taken = takeAttributes({ a: 1, 'k-secret1': 2, 'k-secret2': 3, secret3: 4 }, UNLIMITED, UNLIMITED)
  const { entries, dropped } = redactAttributes({ redactor: bare, maxLength: UNLIMITED }, 'event', taken)
  assert.deepEqual(
    [[...entries], dropped],
    [
      [
        ['a', 1],
        ['k-', 2],
      ],
      2,
    ],
  )
})

test('the attributes of a resource are redacted as attributes, whatever limit those of spans have', () => {
  const asked: unknown[] = []
  const own = new Redactor({
    keys: ['password'],
    values: [/secret/],
    with: (...given) => {
      asked.push(given)
      return given[1]
    },
  })
  const resource = {
    'service.name': 'svc',
    password: 'x',
    list: ['secret'],
    nested: { password: 1 },
    long: 'x'.repeat(99),
  }
  const frame = createRequestFrame(resource, { name: 'lib', version: '1' }, new SpanRedaction(own, 3))
  assert.deepEqual(
    { ...readResource(frame) },
    {
      'service.name': 'svc',
      password: '[redacted]',
      list: ['[redacted]'],
      nested: '{"password":"[redacted]"}',
      long: resource.long,
    },
  )
  assert.deepEqual(asked, [
    ['attribute', 'svc', 'service.name'],
    ['attribute', '[redacted]', 'list'],
    ['attribute', '{"password":"[redacted]"}', 'nested'],
    ['attribute', resource.long, 'long'],
  ])
})

function show(value: unknown): string {
  if (value instanceof Error || typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  return JSON.stringify(value, (_key, part) =>
    typeof part === 'bigint' || typeof part === 'symbol' ? String(part) : part,
  )
}
