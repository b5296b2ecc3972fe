/** Field numbers of the Pub/Sub messages we write and read; a test holds them against proto/pubsub.proto. */

export const PUBLISH_REQUEST = { topic: 1, messages: 2 } as const
export const PUBLISH_RESPONSE = { messageIds: 1 } as const
export const PUBSUB_MESSAGE = { data: 1, attributes: 2, messageId: 3, publishTime: 4 } as const
export const TIMESTAMP = { seconds: 1, nanos: 2 } as const
export const PULL_REQUEST = { subscription: 1, maxMessages: 3 } as const
export const PULL_RESPONSE = { receivedMessages: 1 } as const
export const RECEIVED_MESSAGE = { ackId: 1, message: 2 } as const
export const ACKNOWLEDGE_REQUEST = { subscription: 1, ackIds: 2 } as const
export const MODIFY_ACK_DEADLINE_REQUEST = { subscription: 1, ackDeadlineSeconds: 3, ackIds: 4 } as const

/** An entry of a map field (encoding spec, "Maps"). */
export const MAP_ENTRY = { key: 1, value: 2 } as const
