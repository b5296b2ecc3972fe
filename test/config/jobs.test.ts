import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readAttemptConfig, readDeadLetterConfig } from '../../src/config/jobs.ts'

describe('where dead letters are kept', () => {
  const rows: readonly [environment: NodeJS.ProcessEnv, queue: object][] = [
    [{}, { kind: 'directory', path: './dead-letter' }],
    [{ DEAD_LETTER_DIR: '  ' }, { kind: 'directory', path: './dead-letter' }],
    [{ DEAD_LETTER_DIR: '/var/letters' }, { kind: 'directory', path: '/var/letters' }],
    [
      { PUBSUB_TOPIC: 'letters', BUCKET: 'scenes', DEAD_LETTER_DIR: 'd' },
      {
        kind: 'storage',
        bucket: 'scenes',
        origin: 'https://storage.googleapis.com',
        emulatedBy: undefined,
      },
    ],
    [{ BUCKET: 'gs://a.b_c-d/' }, { kind: 'storage', bucket: 'a.b_c-d' }],
    [
      { BUCKET: 'scenes', STORAGE_EMULATOR_HOST: 'localhost:4443' },
      { origin: 'http://localhost:4443', emulatedBy: 'STORAGE_EMULATOR_HOST' },
    ],
    [{ BUCKET: 'scenes', STORAGE_EMULATOR_HOST: 'https://gcs.test/' }, { origin: 'https://gcs.test' }],
    [
      { PUBSUB_TOPIC: 'letters', DEAD_LETTER_DIR: 'd' },
      {
        kind: 'pubsub',
        topic: 'letters',
        subscription: undefined,
        projectId: undefined,
        origin: 'https://pubsub.googleapis.com',
        emulatedBy: undefined,
      },
    ],
    [
      { PUBSUB_TOPIC: 'projects/p/topics/t%1', PUBSUB_SUBSCRIPTION: 'read-letters', GCP_PROJECT_ID: 'p' },
      { topic: 'projects/p/topics/t%1', subscription: 'read-letters', projectId: 'p' },
    ],
    [
      { PUBSUB_TOPIC: 'letters', PUBSUB_EMULATOR_HOST: '[::1]:8085' },
      { origin: 'http://[::1]:8085', emulatedBy: 'PUBSUB_EMULATOR_HOST' },
    ],
  ]
  for (const [environment, expected] of rows) {
    test(JSON.stringify(environment), () => {
      const { queue, notices } = readDeadLetterConfig(environment)
      assert.deepEqual({ ...queue, ...expected }, queue)
      assert.deepEqual(notices, [])
    })
  }

  const refused: readonly [environment: NodeJS.ProcessEnv, notice: string, kind: string][] = [
    [{ BUCKET: 'A bucket' }, 'BUCKET must be the name of a Cloud Storage bucket, got "A bucket"', 'directory'],
    [{ BUCKET: 'gs://b/folder', PUBSUB_TOPIC: 'letters' }, 'BUCKET must be the name of ', 'pubsub'],
    [{ PUBSUB_TOPIC: 'no' }, 'PUBSUB_TOPIC must be an id, or projects/<project>/topics/<id>, got "no"', 'directory'],
    [{ PUBSUB_TOPIC: 'projects//topics/letters' }, 'PUBSUB_TOPIC must be ', 'directory'],
    [{ PUBSUB_TOPIC: 'projects/p/subscriptions/letters' }, 'PUBSUB_TOPIC must be ', 'directory'],
    [{ PUBSUB_TOPIC: 'letters', PUBSUB_SUBSCRIPTION: '?' }, 'PUBSUB_SUBSCRIPTION must be an id, or ', 'pubsub'],
    [{ BUCKET: 'scenes', STORAGE_EMULATOR_HOST: 'a b' }, 'STORAGE_EMULATOR_HOST must be an http or ', 'storage'],
  ]
  for (const [environment, notice, kind] of refused) {
    test(`${JSON.stringify(environment)} is said to be of no use`, () => {
      const { queue, notices } = readDeadLetterConfig(environment)
      assert.equal(queue.kind, kind)
      assert.equal(notices.length, 1)
      assert.ok(notices[0]!.startsWith(notice), notices[0])
    })
  }
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
