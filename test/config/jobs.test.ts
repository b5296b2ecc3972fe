import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readAttemptConfig, readDeadLetterConfig } from '../../src/config/jobs.ts'

describe('where dead letters are kept', () => {
  const rows: readonly [environment: NodeJS.ProcessEnv, path: string][] = [
    [{}, './dead-letter'],
    [{ DEAD_LETTER_DIR: '  ' }, './dead-letter'],
    [{ DEAD_LETTER_DIR: '/var/letters' }, '/var/letters'],
  ]
  for (const [environment, path] of rows) {
    test(`${JSON.stringify(environment)}: ${path}`, () => {
      assert.deepEqual(readDeadLetterConfig(environment), { kind: 'directory', path, notices: [] })
    })
  }

  test('a bucket and a topic are said to be of no use, in their order', () => {
    const { path, notices } = readDeadLetterConfig({ PUBSUB_TOPIC: 't', BUCKET: 'b', DEAD_LETTER_DIR: 'd' })
    assert.equal(path, 'd')
    assert.deepEqual(notices, [
      'BUCKET is "b" and chooses Cloud Storage for dead letters, but this version keeps them in a directory only; taking the next choice',
      'PUBSUB_TOPIC is "t" and chooses Pub/Sub for dead letters, but this version keeps them in a directory only; taking the next choice',
    ])
  })
})

describe('what a job learns of its past', () => {
  const nothing = { messageId: undefined, attempt: undefined, previousTraceparents: [], notices: [] }
  const rows: readonly [environment: NodeJS.ProcessEnv, expected: object][] = [
    [{}, {}],
    [
      { JOB_ATTEMPT: '2', JOB_MESSAGE_ID: 'a-1.b_c' },
      { attempt: 2, messageId: 'a-1.b_c' },
    ],
    [{ JOB_PREVIOUS_TRACEPARENTS: ' a , b,,' }, { previousTraceparents: ['a', 'b'] }],
  ]
  for (const [environment, expected] of rows) {
    test(JSON.stringify(environment), () => {
      assert.deepEqual(readAttemptConfig(environment), { ...nothing, ...expected })
    })
  }

  for (const [name, value] of [
    ['JOB_MESSAGE_ID', 'a/b'],
    ['JOB_MESSAGE_ID', '..'],
    ['JOB_ATTEMPT', '0'],
    ['JOB_ATTEMPT', 'x'],
  ] as const) {
    test(`${name}=${value} is said to be of no use`, () => {
      const { notices, messageId } = readAttemptConfig({ [name]: value })
      assert.equal(notices.length, 1)
      assert.ok(notices[0]!.startsWith(`${name} must be `))
      assert.equal(messageId, undefined)
    })
  }
})
