import assert from 'node:assert/strict'
import test from 'node:test'
import protobuf from 'protobufjs'
import * as fields from '../../src/jobs/pubsub-fields.ts'
import {
  countPublished,
  encodeAcknowledge,
  encodeDeadline,
  encodePublish,
  encodePull,
  parsePulled,
} from '../../src/jobs/pubsub-messages.ts'
import { decodePubsub, encodePubsub, pubsubRoot } from '../support/pubsub-proto.ts'

const messages = (pubsubRoot.lookup('blueprint_tracing.pubsub') as protobuf.Namespace).nestedArray.filter(
  nested => nested instanceof protobuf.Type,
)

/** 'PULL_REQUEST' for PullRequest. */
function constantName(message: string): string {
  return message.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}

test('every message of proto/pubsub.proto has a constant in pubsub-fields.ts and the other way round', () => {
  const names = messages.map(({ name }) => constantName(name))
  assert.deepEqual([...names, 'MAP_ENTRY'].sort(), Object.keys(fields).sort())
})

for (const message of messages) {
  test(`the numbers of ${message.name} are those of proto/pubsub.proto`, () => {
    const numbers = Object.fromEntries(message.fieldsArray.map(field => [field.name, field.id]))
    assert.deepEqual(Object.fromEntries(Object.entries(fields))[constantName(message.name)], numbers)
  })
}

const LONG = 'é'.repeat(100_000)
const requests: readonly [type: string, bytes: Uint8Array, expected: object][] = [
  [
    'PublishRequest',
    encodePublish('projects/p/topics/t', '{"a":"é"}', { message_id: 'm', status: 'pending' }),
    {
      topic: 'projects/p/topics/t',
      messages: [{ data: Buffer.from('{"a":"é"}'), attributes: { message_id: 'm', status: 'pending' } }],
    },
  ],
  ['PublishRequest', encodePublish('', '', {}), { topic: '', messages: [{ data: Buffer.alloc(0), attributes: {} }] }],
  [
    'PublishRequest',
    encodePublish('t', LONG, {}),
    { topic: 't', messages: [{ data: Buffer.from(LONG), attributes: {} }] },
  ],
  ['PullRequest', encodePull('s', 300), { subscription: 's', maxMessages: 300 }],
  ['AcknowledgeRequest', encodeAcknowledge('s', ['a', LONG]), { subscription: 's', ackIds: ['a', LONG] }],
  [
    'ModifyAckDeadlineRequest',
    encodeDeadline('s', ['a'], 60),
    { subscription: 's', ackIds: ['a'], ackDeadlineSeconds: 60 },
  ],
  ['ModifyAckDeadlineRequest', encodeDeadline('s', [], 0), { subscription: 's', ackDeadlineSeconds: 0 }],
]
for (const [type, bytes, expected] of requests) {
  test(`a ${type} of ${bytes.length} bytes is read by protobufjs as it was meant`, () => {
    assert.deepEqual(decodePubsub(type, bytes), decodePubsub(type, encodePubsub(type, expected)))
  })
}

test('what protobufjs writes is read, in any order and with fields that we do not know', () => {
  const pulled = encodePubsub('PullResponse', {
    receivedMessages: [
      {
        ackId: 'a:1',
        message: {
          data: Buffer.from('é'),
          attributes: { k: 'v' },
          messageId: 'm',
          publishTime: { seconds: 1_800_000_000, nanos: 7 },
        },
      },
      {},
    ],
  })
  const unknown = Buffer.from('7801', 'hex')
  assert.deepEqual(parsePulled(Buffer.concat([unknown, pulled])), [
    { ackId: 'a:1', messageId: 'm', publishedNs: 1_800_000_000_000_000_007n, text: 'é' },
    { ackId: '', messageId: '', publishedNs: 0n, text: '' },
  ])
  assert.deepEqual(parsePulled(new Uint8Array()), [])
  assert.equal(countPublished(encodePubsub('PublishResponse', { messageIds: ['a', 'b'] })), 2)
})

test('bytes that are cut short are refused', () => {
  const bytes = encodePubsub('PullResponse', { receivedMessages: [{ ackId: 'abc' }] })
  assert.throws(() => parsePulled(bytes.subarray(0, -1)), RangeError)
  assert.throws(() => countPublished(Buffer.from('0aff', 'hex')), RangeError)
})
