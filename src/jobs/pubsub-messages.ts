import { ProtobufReader } from '../wire/protobuf-reader.ts'
import { byteTarget, LENGTH_DELIMITED, ProtobufWriter, VARINT } from '../wire/protobuf-writer.ts'
import {
  ACKNOWLEDGE_REQUEST,
  MAP_ENTRY,
  MODIFY_ACK_DEADLINE_REQUEST,
  PUBLISH_REQUEST,
  PUBLISH_RESPONSE,
  PUBSUB_MESSAGE,
  PULL_REQUEST,
  PULL_RESPONSE,
  RECEIVED_MESSAGE,
  TIMESTAMP,
} from './pubsub-fields.ts'

/** Of a text, or of a message around texts: its tag and length. */
const MAX_FRAME_BYTES = 16

/** A message as one subscriber has received it. */
export interface Delivery {
  /** Of this delivery. */
  readonly ackId: string
  /** Given by the server. */
  readonly messageId: string
  /** Nanoseconds since the epoch, by the server's clock. */
  readonly publishedNs: bigint
  readonly text: string
}

type Attributes = Readonly<Record<string, string>>

export function encodePublish(topic: string, text: string, attributes: Attributes): Uint8Array {
  const entries = Object.entries(attributes)
  return encode([topic, text, ...entries.flat()], writer => {
    writeText(writer, PUBLISH_REQUEST.topic, topic)
    writeMessage(writer, PUBLISH_REQUEST.messages, () => {
      writeText(writer, PUBSUB_MESSAGE.data, text)
      for (const [key, value] of entries) {
        writeMessage(writer, PUBSUB_MESSAGE.attributes, () => {
          writeText(writer, MAP_ENTRY.key, key)
          writeText(writer, MAP_ENTRY.value, value)
        })
      }
    })
  })
}

export function encodePull(subscription: string, maxMessages: number): Uint8Array {
  return encode([subscription], writer => {
    writeText(writer, PULL_REQUEST.subscription, subscription)
    writeNumber(writer, PULL_REQUEST.maxMessages, maxMessages)
  })
}

export function encodeAcknowledge(subscription: string, ackIds: readonly string[]): Uint8Array {
  return encode([subscription, ...ackIds], writer => {
    writeText(writer, ACKNOWLEDGE_REQUEST.subscription, subscription)
    for (const ackId of ackIds) writeText(writer, ACKNOWLEDGE_REQUEST.ackIds, ackId)
  })
}

export function encodeDeadline(subscription: string, ackIds: readonly string[], seconds: number): Uint8Array {
  return encode([subscription, ...ackIds], writer => {
    writeText(writer, MODIFY_ACK_DEADLINE_REQUEST.subscription, subscription)
    writeNumber(writer, MODIFY_ACK_DEADLINE_REQUEST.ackDeadlineSeconds, seconds)
    for (const ackId of ackIds) writeText(writer, MODIFY_ACK_DEADLINE_REQUEST.ackIds, ackId)
  })
}

/** How many messages the server has taken. Throws a RangeError where `bytes` are malformed. */
export function countPublished(bytes: Uint8Array): number {
  const reader = new ProtobufReader(bytes)
  let count = 0
  while (reader.next()) {
    if (reader.field === PUBLISH_RESPONSE.messageIds) count++
    reader.skip()
  }
  return count
}

/** Throws a RangeError where `bytes` are malformed. */
export function parsePulled(bytes: Uint8Array): Delivery[] {
  const reader = new ProtobufReader(bytes)
  const deliveries: Delivery[] = []
  while (reader.next()) {
    if (reader.field === PULL_RESPONSE.receivedMessages) deliveries.push(readDelivery(reader.message()))
    else reader.skip()
  }
  return deliveries
}

function readDelivery(reader: ProtobufReader): Delivery {
  let ackId = ''
  let message = { messageId: '', publishedNs: 0n, text: '' }
  while (reader.next()) {
    if (reader.field === RECEIVED_MESSAGE.ackId) ackId = reader.text()
    else if (reader.field === RECEIVED_MESSAGE.message) message = readMessage(reader.message())
    else reader.skip()
  }
  return { ackId, ...message }
}

function readMessage(reader: ProtobufReader): Omit<Delivery, 'ackId'> {
  let [messageId, publishedNs, text] = ['', 0n, '']
  while (reader.next()) {
    if (reader.field === PUBSUB_MESSAGE.data) text = reader.text()
    else if (reader.field === PUBSUB_MESSAGE.messageId) messageId = reader.text()
    else if (reader.field === PUBSUB_MESSAGE.publishTime) publishedNs = readTimeNs(reader.message())
    else reader.skip()
  }
  return { messageId, publishedNs, text }
}

function readTimeNs(reader: ProtobufReader): bigint {
  let [seconds, nanos] = [0n, 0n]
  while (reader.next()) {
    if (reader.field === TIMESTAMP.seconds) seconds = reader.int64()
    else if (reader.field === TIMESTAMP.nanos) nanos = reader.int64()
    else reader.skip()
  }
  return seconds * 1_000_000_000n + nanos
}

/** `texts` are those that `write` writes, for the room that they take. */
function encode(texts: readonly string[], write: (writer: ProtobufWriter) => void): Uint8Array {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + MAX_FRAME_BYTES, MAX_FRAME_BYTES)
  const writer = new ProtobufWriter(byteTarget(new ArrayBuffer(bytes)))
  write(writer)
  return writer.bytes.subarray(0, writer.position)
}

function writeText(writer: ProtobufWriter, field: number, text: string): void {
  writer.varint((field << 3) | LENGTH_DELIMITED)
  writer.string(text)
}

function writeNumber(writer: ProtobufWriter, field: number, value: number): void {
  writer.varint((field << 3) | VARINT)
  writer.varint(value)
}

function writeMessage(writer: ProtobufWriter, field: number, write: () => void): void {
  writer.varint((field << 3) | LENGTH_DELIMITED)
  const mark = writer.open(1)
  write()
  writer.close(mark, 1)
}
