import assert from 'node:assert/strict'
import test from 'node:test'
import { takeValue } from '../../src/otlp/take-value.ts'
import { truncate } from '../../src/otlp/truncate.ts'

const UNLIMITED = Number.POSITIVE_INFINITY
const UNSERIALISABLE = '[unserialisable]'
const MAX_TEXT = 65_536

function throwing(): never {
  throw new Error('no')
}

const cyclic: Record<string, unknown> = { a: 1 }
cyclic.self = cyclic
cyclic.list = [cyclic]

function nested(depth: number): unknown {
  return depth === 0 ? 'core' : { in: nested(depth - 1) }
}

const revoked = Proxy.revocable([], {})
revoked.revoke()

/** Entries without a value. */
function* endless(): Generator<[string, undefined]> {
  while (true) yield ['key', undefined]
}

class Point {
  x = 1
  get y(): number {
    return 2
  }
}

/** [what, given, taken] */
const values: readonly [what: string, given: unknown, taken: unknown][] = [
  ['text', 'é', 'é'],
  ['the empty text', '', ''],
  ['a number', 1.5, 1.5],
  ['NaN', Number.NaN, Number.NaN],
  ['a boolean', false, false],
  ['undefined', undefined, undefined],
  ['null', null, undefined],
  ['2^63 - 1', 2n ** 63n - 1n, 2n ** 63n - 1n],
  ['-2^63', -(2n ** 63n), -(2n ** 63n)],
  ['2^63', 2n ** 63n, '9223372036854775808'],
  ['-2^63 - 1', -(2n ** 63n) - 1n, '-9223372036854775809'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['a function', Math.max, 'function max() { [native code] }'],
  ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['an invalid Date', new Date(Number.NaN), 'Invalid Date'],
  ['an Error', new TypeError('boom'), 'boom'],
  ['an object', { a: 1, b: ['x', null], c: undefined }, '{"a":1,"b":["x",null]}'],
  ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ['an instance', new Point(), '{"x":1}'],
  [
    'a Map',
    new Map<unknown, unknown>([
      ['a', 1],
      [2, new Map([['b', 3]])],
    ]),
    '{"2":{"b":3},"a":1}',
  ],
  ['a Set', new Set([1, 'a']), '[1,"a"]'],
  ['an array whose iterator has no end', Object.assign([1, 2], { [Symbol.iterator]: endless }), [1, 2]],
  ['a Map whose entries have no end', Object.assign(new Map(), { entries: endless }), '{}'],
  ['an object with toJSON', { toJSON: () => ({ b: 2 }) }, '{"b":2}'],
  ['a URL', new URL('http://a/b'), '"http://a/b"'],
  ['a toJSON that answers nothing', { toJSON: () => undefined }, UNSERIALISABLE],
  ['a toJSON that throws', { toJSON: throwing }, UNSERIALISABLE],
  ['a toJSON that throws deep inside', { a: [{ toJSON: throwing }] }, UNSERIALISABLE],
  ['a getter that throws', Object.defineProperty({}, 'a', { get: throwing, enumerable: true }), UNSERIALISABLE],
  ['an Error whose message throws', Object.defineProperty(new Error(), 'message', { get: throwing }), UNSERIALISABLE],
  ['a proxy that refuses everything', new Proxy({}, { get: throwing, ownKeys: throwing }), UNSERIALISABLE],
  ['a revoked proxy', revoked.proxy, UNSERIALISABLE],
  ['an object without text', Object.assign(Object.create(null), { toJSON: Symbol('x') }), '{"toJSON":"Symbol(x)"}'],
  ['a cycle', cyclic, '{"a":1,"self":"[circular]","list":["[circular]"]}'],
  ['an object in itself twice, no cycle', ((a: object) => ({ b: a, c: a }))({ d: 1 }), '{"b":{"d":1},"c":{"d":1}}'],
  [
    'bigint, Date, Error and function inside',
    { a: 1n, b: new Date(0), c: new Error('e'), d: throwing },
    '{"a":"1","b":"1970-01-01T00:00:00.000Z","c":"e"}',
  ],
  ['the key __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  ['an array of texts', ['a', 'é'], ['a', 'é']],
  ['an array of numbers', [1, -0, 0.5], [1, -0, 0.5]],
  ['an array of booleans', [true, false], [true, false]],
  ['an empty array', [], []],
  ['an array with nothing in it', ['a', null, undefined], ['a', null, null]],
  // biome-ignore lint/suspicious/noSparseArray: the hole is the point
  ['an array with holes', [1, , 2], [1, null, 2]],
  ['an array of bigint', [1n, 2n ** 64n], [1n, '18446744073709551616']],
  ['a nested array', [[1], [2]], '[[1],[2]]'],
  ['an array of objects', [{ a: 1 }], '[{"a":1}]'],
  ['an array with a getter that throws', Object.defineProperty([1], '0', { get: throwing }), UNSERIALISABLE],
  ['bytes', new Uint8Array([1, 2]), '{"0":1,"1":2}'],
  ['a Buffer', Buffer.from([1, 2]), '{"type":"Buffer","data":[1,2]}'],
  ['a DataView', new DataView(new ArrayBuffer(8)), '{}'],
]
for (const [what, given, taken] of values) {
  test(`${what} is taken as ${JSON.stringify(taken, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))}`, () => {
    assert.deepEqual(takeValue(given, UNLIMITED), taken)
  })
}

test('an object deeper than 16 levels is cut', () => {
  const text = takeValue(nested(20), UNLIMITED) as string
  assert.match(text, /"\[too deep\]"/)
  assert.equal(text.match(/in/g)?.length, 16)
})

test('an array is copied, so that what is done to it later does not show', () => {
  const array = ['a']
  const taken = takeValue(array, UNLIMITED)
  array[0] = 'b'
  assert.deepEqual(taken, ['a'])
})

const huge: readonly [what: string, make: () => unknown][] = [
  ['an array of objects', () => Array.from({ length: 200_000 }, (_, i) => ({ i }))],
  ['an object with many keys', () => Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`key${i}`, i]))],
  ['an object with long texts', () => Array.from({ length: 50 }, () => ({ text: 'x'.repeat(1_000_000) }))],
  ['a Map', () => new Map(Array.from({ length: 200_000 }, (_, i) => [i, i]))],
  ['an array longer than a million', () => new Array(1_000_001).fill(1)],
  ['a sparse array', () => new Array(2 ** 32 - 1)],
  ['ten million bytes', () => Buffer.alloc(10_000_000)],
  ['ten million floats', () => new Float64Array(10_000_000)],
  ['a bigint of a hundred thousand digits', () => 10n ** 100_000n],
  ['the source of a function', () => new Function(`return '${'x'.repeat(100_000)}'`)],
  ['the message of an Error', () => new Error('x'.repeat(100_000))],
]
for (const [what, make] of huge) {
  test(`${what} is turned into text that is cut at 64 KiB, in little time`, () => {
    const given = make()
    const startMs = performance.now()
    const taken = takeValue(given, UNLIMITED)
    assert.equal((taken as string).length, MAX_TEXT)
    assert.ok(performance.now() - startMs < 1_000)
  })
}

const justFitting: readonly [what: string, make: () => object][] = [
  ['an array of digits', () => ({ digits: new Array(32_700).fill(1) })],
  ['an array of empty arrays', () => new Array(21_000).fill([])],
  ['many short keys', () => Object.fromEntries(Array.from({ length: 7_200 }, (_, i) => [i, 1]))],
  ['one long text', () => ({ text: 'x'.repeat(65_500) })],
]
for (const [what, make] of justFitting) {
  test(`an object whose text is just below 64 KiB is complete: ${what}`, () => {
    const text = takeValue(make(), UNLIMITED) as string
    assert.ok(text.length > 60_000, String(text.length))
    assert.deepEqual(JSON.parse(text), make())
  })
}

test('what JSON leaves out does not count', () => {
  const nothing = Array.from({ length: 70_000 }, (_, i): [string, unknown] => [`key${i}`, i % 2 ? undefined : Math.max])
  assert.equal(takeValue({ ...Object.fromEntries(nothing), a: 1 }, UNLIMITED), '{"a":1}')
})

test('a million numbers are taken as they are', () => {
  assert.equal((takeValue(new Array(1_000_000).fill(1), UNLIMITED) as number[]).length, 1_000_000)
})

test('text as such is not cut', () => {
  assert.equal((takeValue('x'.repeat(100_000), UNLIMITED) as string).length, 100_000)
})

const truncated: readonly [text: string, maxLength: number, result: string][] = [
  ['abc', 3, 'abc'],
  ['abc', 2, 'ab'],
  ['abc', 0, ''],
  ['a😀b', 2, 'a'],
  ['a😀b', 3, 'a😀'],
  ['\ud83d\ud83d', 1, ''],
  ['abc', UNLIMITED, 'abc'],
]
for (const [text, maxLength, result] of truncated) {
  test(`'${text}' cut at ${maxLength} is '${result}'`, () => assert.equal(truncate(text, maxLength), result))
}

const limited: readonly [what: string, given: unknown, taken: unknown][] = [
  ['text', 'abcd', 'abc'],
  ['each text of an array', ['abcd', 'ab', null, 12345], ['abc', 'ab', null, 12345]],
  ['the text of an object', { a: 1 }, '{"a'],
  ['the digits of a bigint beyond 64 bits', 2n ** 64n, '184'],
  ['no number', 123456, 123456],
]
for (const [what, given, taken] of limited) {
  test(`a limit of 3 cuts ${what}`, () => assert.deepEqual(takeValue(given, 3), taken))
}
