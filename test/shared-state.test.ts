import assert from 'node:assert/strict'
import test from 'node:test'
import * as first from '../src/shared-state.ts'
import { VERSION } from '../src/version.ts'

const KEY = Symbol.for(first.STATE_NAME)

test('a second copy of the module works on the state of the first', async () => {
  const part = first.sharedPart('test', () => ({ made: 'by the first' }))
  const second: typeof first = await import(`../src/shared-state.ts?${Math.random()}`)
  assert.notEqual(second.sharedPart, first.sharedPart)
  assert.equal(
    second.sharedPart('test', () => ({ made: 'by the second' })),
    part,
  )
  assert.equal(second.copies, first.copies)
  assert.deepEqual(
    first.copies.map(({ version, url }) => [version, url?.includes('shared-state.ts')]),
    [
      [VERSION, true],
      [VERSION, true],
    ],
  )
})

test('the state is hidden among the globals and cannot be replaced', () => {
  const { enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(globalThis, KEY)!
  assert.deepEqual([enumerable, writable, configurable], [false, false, false])
})

test('copies with a state of another version are found, whatever that state looks like', t => {
  const strangers = ['blueprint-tracing/1000', 'blueprint-tracing/x', 'another-package/1'].map(key => Symbol.for(key))
  const copy = { version: '9.0.0', url: undefined }
  const states = [{ copies: [copy] }, undefined, { copies: [copy] }]
  for (const [index, key] of strangers.entries()) Reflect.set(globalThis, key, states[index])
  t.after(() => {
    for (const key of strangers) Reflect.deleteProperty(globalThis, key)
  })
  assert.deepEqual(first.strangeCopies(), [copy])
})
