import assert from 'node:assert/strict'
import test from 'node:test'
import { describeException } from '../../src/trace/describe-exception.ts'
import { exceptionMessage } from '../../src/trace/exception.ts'

class PipelineError extends Error {}

class NamedError extends Error {
  override readonly name = 'Renamed'
}

function throwing(): never {
  throw new Error('no')
}

function withStack(error: Error, stack: string): Error {
  return Object.assign(error, { stack })
}

/** [what, thrown, type, message, whether there is a stack trace] */
const thrown: readonly [what: string, thrown: unknown, type: string, message: string, hasStack: boolean][] = [
  ['an Error', new Error('boom'), 'Error', 'boom', true],
  ['an error of the language', new TypeError('boom'), 'TypeError', 'boom', true],
  ['a class without a name of its own', new PipelineError('boom'), 'PipelineError', 'boom', true],
  ['an error that names itself', new NamedError('boom'), 'Renamed', 'boom', true],
  ['an object like an error', { message: 'boom' }, 'Object', 'boom', true],
  ['an object like an error, with a name', { name: 'Odd', message: 'boom' }, 'Odd', 'boom', true],
  ['an error with a message that is no text', Object.assign(new Error(), { message: 404 }), 'Error', '404', true],
  ['text', 'boom', 'string', 'boom', false],
  ['a number', 7, 'number', '7', false],
  ['undefined', undefined, 'undefined', 'undefined', false],
  ['null', null, 'object', 'null', false],
  ['a symbol', Symbol('s'), 'symbol', 'Symbol(s)', false],
  ['an object', { code: 1 }, 'Object', '[object Object]', false],
  ['an object without text', Object.create(null), 'Error', '[unreadable exception]', false],
]
for (const [what, exception, type, message, hasStack] of thrown) {
  test(`${what} is described as ${type}: ${message}`, () => {
    const described = describeException(exception)
    assert.deepEqual([described['exception.type'], described['exception.message']], [type, message])
    assert.equal(described['exception.stacktrace'] !== undefined, hasStack)
    assert.equal(exceptionMessage(exception), message)
  })
}

function stackOf(exception: unknown): unknown {
  return describeException(exception)['exception.stacktrace']
}

test('the stack trace is the error’s own', () => {
  const error = new Error('boom')
  assert.equal(stackOf(error), error.stack)
})

test('an error without a stack shows its type and message', () => {
  assert.equal(stackOf({ name: 'Odd', message: 'boom' }), 'Odd: boom')
  assert.equal(stackOf(withStack(new Error('boom'), '')), 'Error: boom')
})

test('causes follow, however deep, of whatever type', () => {
  const bottom = withStack(new Error('bottom', { cause: 'a text' }), 'BOTTOM')
  const middle = withStack(new Error('middle', { cause: bottom }), 'MIDDLE')
  const top = withStack(new Error('top', { cause: middle }), 'TOP')
  assert.equal(stackOf(top), 'TOP\nCaused by: MIDDLE\nCaused by: BOTTOM\nCaused by: a text')
})

test('the members of an AggregateError come before its cause', () => {
  const members = [withStack(new Error('a', { cause: 'why a' }), 'A'), withStack(new Error('b'), 'B'), 7]
  const error = withStack(new AggregateError(members, 'all', { cause: 'why all' }), 'ALL')
  assert.equal(stackOf(error), 'ALL\nMember: A\nCaused by: why a\nMember: B\nMember: 7\nCaused by: why all')
})

test('an error that is its own cause is shown once', () => {
  const error = withStack(new Error('boom'), 'STACK')
  error.cause = error
  assert.equal(stackOf(error), 'STACK')
})

test('no more than 32 errors are followed', () => {
  let chain = withStack(new Error('end'), 'S')
  for (let i = 0; i < 100; i++) chain = withStack(new Error('link', { cause: chain }), 'S')
  assert.equal(String(stackOf(chain)).split('\n').length, 32)
  const many = new AggregateError(Array.from({ length: 100_000 }, (_, i) => i))
  assert.equal(String(stackOf(withStack(many, 'S'))).split('\n').length, 32)
})

const long = 'x'.repeat(100_000)

test('message and stack trace are cut at 64 KiB', () => {
  const described = describeException(withStack(new Error(long, { cause: long }), long))
  assert.equal(String(described['exception.message']).length, 65_536)
  assert.equal(String(described['exception.stacktrace']).length, 65_536)
})

/** [what, thrown, type, message, stack] */
const hostile: readonly [what: string, thrown: unknown, type: string, message: string, stack: string | undefined][] = [
  [
    'a message that throws',
    withStack(Object.defineProperty(new TypeError(), 'message', { get: throwing }), 'STACK'),
    'TypeError',
    '[unreadable exception]',
    'STACK',
  ],
  [
    'a stack that throws',
    Object.defineProperty(new Error('boom'), 'stack', { get: throwing }),
    'Error',
    'boom',
    '[unreadable exception]',
  ],
  [
    'a cause that throws',
    Object.defineProperty(withStack(new Error('boom'), 'STACK'), 'cause', { get: throwing }),
    'Error',
    'boom',
    'STACK',
  ],
  [
    'a cause without text',
    withStack(new Error('boom', { cause: Object.create(null) }), 'STACK'),
    'Error',
    'boom',
    'STACK\nCaused by: [unreadable exception]',
  ],
  [
    'a proxy that refuses',
    new Proxy({}, { get: throwing, getPrototypeOf: throwing }),
    'Error',
    '[unreadable exception]',
    undefined,
  ],
]
for (const [what, exception, type, message, stack] of hostile) {
  test(`an exception with ${what} keeps what can be read`, () => {
    assert.deepEqual(describeException(exception), {
      'exception.type': type,
      'exception.message': message,
      'exception.stacktrace': stack,
    })
  })
}
