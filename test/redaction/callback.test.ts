import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isCallbackRunning, RedactCallback } from '../../src/redaction/callback.ts'

type Callback = (field: string, text: string, key?: string) => string | undefined

function throwing(thrown: unknown): never {
  throw thrown
}

/** Callbacks that have no text to give, in plain JavaScript too. */
const without: readonly [what: string, callback: () => unknown][] = [
  ['returns undefined', () => undefined],
  ['returns null', () => null],
  ['returns a number', () => 7],
  ['returns a String', () => new String('text')],
  ['returns an array', () => ['text']],
  ['returns a symbol', () => Symbol('text')],
  ['returns itself', () => without],
  ['returns what throws when it is looked at', () => new Proxy({}, { getPrototypeOf: () => throwing('looked at') })],
  ['throws an error', () => throwing(new Error('no'))],
  ['throws undefined', () => throwing(undefined)],
  ['throws what cannot be shown', () => throwing(Object.create(null))],
  [
    'exhausts the stack',
    function again(): unknown {
      return [again()]
    },
  ],
]

describe('a callback has no text to give if it', () => {
  for (const [what, callback] of without) {
    test(what, () => {
      const asked = new RedactCallback(callback as Callback)
      for (let time = 0; time < 2; time++) {
        assert.equal(asked.ask('name', 'text', undefined), undefined)
        assert.ok(!isCallbackRunning())
      }
    })
  }
})

test('a callback that once threw is asked again', () => {
  let times = 0
  const asked = new RedactCallback((_field, text) => (times++ === 0 ? throwing('once') : text))
  assert.deepEqual([asked.ask('name', 'a', undefined), asked.ask('name', 'a', undefined)], [undefined, 'a'])
})

test('a callback is not called from within itself or another, and both are usable afterwards', () => {
  const other = new RedactCallback((_field, text) => `other ${text}`)
  const self: RedactCallback = new RedactCallback((_field, text) => {
    assert.ok(isCallbackRunning())
    return `${text} ${self.ask('name', 'inner', undefined)} ${other.ask('name', 'inner', undefined)}`
  })
  for (let time = 0; time < 2; time++) {
    assert.equal(self.ask('name', 'outer', undefined), 'outer undefined undefined')
    assert.equal(other.ask('name', 'x', undefined), 'other x')
  }
})

test('a callback that returns a promise is not called again, and a rejection of it is nobody’s', async () => {
  let times = 0
  const asked = new RedactCallback((() => {
    times++
    return Promise.reject(new Error('unhandled'))
  }) as unknown as Callback)
  for (let time = 0; time < 3; time++) assert.equal(asked.ask('name', 'text', undefined), undefined)
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(times, 1)
})
