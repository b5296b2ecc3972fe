import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import vm from 'node:vm'
import { jsonValue } from '../../src/config/json-value.ts'

test('JSON data is copied as it is, whatever its keys', () => {
  const text = '{"a":[1,-0.5,"x",true,null,{"b":[]}],"__proto__":{"c":1},"":{}}'
  const value: unknown = JSON.parse(text)
  const copy = jsonValue('options', value)
  assert.equal(JSON.stringify(copy), text)
  ;(value as { a: unknown[] }).a.length = 0
  assert.equal(JSON.stringify(copy), text)
  assert.equal(({} as { c?: number }).c, undefined)
})

test('undefined properties are left out, an object without prototype and one of another realm are taken', () => {
  assert.deepEqual(jsonValue('options', { a: undefined, b: 1 }), { b: 1 })
  assert.deepEqual(jsonValue('options', Object.assign(Object.create(null), { a: 1 })), { a: 1 })
  assert.deepEqual(jsonValue('options', vm.runInNewContext('({ a: [1] })')), { a: [1] })
})

test('the same object twice is no cycle', () => {
  const shared = { a: 1 }
  assert.deepEqual(jsonValue('options', [shared, shared]), [shared, shared])
})

class Mine {}
const cycle: { inner: { outer?: unknown } } = { inner: {} }
cycle.inner.outer = cycle

describe('what is no JSON data is refused with its place:', () => {
  const rows: [value: unknown, message: string][] = [
    [undefined, 'o must be JSON data, got undefined'],
    [() => {}, 'o must be JSON data, got a function'],
    [{ a: [0, Symbol('s')] }, 'o["a"][1] must be JSON data, got a symbol'],
    [{ 'a b': 1n }, 'o["a b"] must be JSON data, got a bigint'],
    [[Number.NaN], 'o[0] must be JSON data, got NaN'],
    [[Number.NEGATIVE_INFINITY], 'o[0] must be JSON data, got -Infinity'],
    [[undefined], 'o[0] must be JSON data, got undefined'],
    [new Array(1), 'o[0] must be JSON data, got undefined'],
    [{ at: new Date(0) }, 'o["at"] must be JSON data, got an object of class Date'],
    [new Map(), 'o must be JSON data, got an object of class Map'],
    [new Uint8Array(1), 'o must be JSON data, got an object of class Uint8Array'],
    [new Mine(), 'o must be JSON data, got an object of class Mine'],
    [new Proxy(new Mine(), {}), 'o must be JSON data, got an object of class Mine'],
    [cycle, 'o["inner"]["outer"] must be JSON data, got an object that contains itself'],
  ]
  for (const [value, message] of rows) {
    test(message, () => assert.throws(() => jsonValue('o', value), { name: 'TypeError', message }))
  }
})
