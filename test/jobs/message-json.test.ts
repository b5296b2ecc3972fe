import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatMessage, parseMessage } from '../../src/jobs/message-json.ts'
import type { DeadLetterMessage } from '../../src/types/jobs.ts'
import { deadLetter } from '../support/dead-letters.ts'

test('a message is what it was after its file has been written and read', () => {
  const message = deadLetter({ metadata: { a: [1, null, { b: 'é\u0000' }] } })
  assert.deepEqual(parseMessage(formatMessage(message)), message)
})

test('fields that others have added are kept, and a traceparent of null is none', () => {
  const text = JSON.stringify({ ...deadLetter(), traceparent: null, ours: 1 })
  const message = parseMessage(text) as DeadLetterMessage & { ours: number }
  assert.deepEqual([message.ours, 'traceparent' in message], [1, false])
})

const torn: readonly [what: string, text: string, fault: string][] = [
  ['nothing', '', 'it is empty'],
  ['half a message', formatMessage(deadLetter()).slice(0, 200), 'it is no whole JSON text'],
  ['NUL characters, as a crash leaves them', '\0'.repeat(100), 'it is no whole JSON text'],
  ['a list', '[]', 'it is no JSON object'],
  [
    'an empty object',
    '{}',
    'message_id must be at most 128 letters, digits, "_", "-" and ".", the first no dot or dash',
  ],
  ['null', 'null', 'it is no JSON object'],
]
describe('what is no message', () => {
  for (const [what, text, fault] of torn) test(what, () => assert.equal(parseMessage(text), fault))

  const wrong: readonly [field: keyof DeadLetterMessage, value: unknown][] = [
    ['message_id', '../x'],
    ['message_id', '.hidden'],
    ['message_id', 'x'.repeat(129)],
    ['scene_id', 7],
    ['attempt_count', 0],
    ['attempt_count', 1.5],
    ['first_failure_time', 'yesterday'],
    ['original_payload', []],
    ['metadata', null],
    ['status', 'lost'],
    ['traceparent', 7],
  ]
  for (const [field, value] of wrong) {
    test(`${field} ${JSON.stringify(value)}`, () => {
      const message = { ...deadLetter(), [field]: value }
      const fault = new RegExp(`^this is no dead letter: ${field} must be `)
      assert.throws(() => formatMessage(message), { name: 'TypeError', message: fault })
      assert.match(String(parseMessage(JSON.stringify(message))), new RegExp(`^${field} must be`))
    })
  }
})
