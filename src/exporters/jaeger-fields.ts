/** Field ids of Jaeger's structs; test/exporters/jaeger-thrift.test.ts holds them to proto/jaeger.thrift. */
export const TAG = { key: 1, vType: 2, vStr: 3, vDouble: 4, vBool: 5, vLong: 6, vBinary: 7 } as const
export const LOG = { timestamp: 1, fields: 2 } as const
export const SPAN_REF = { refType: 1, traceIdLow: 2, traceIdHigh: 3, spanId: 4 } as const
export const SPAN = {
  traceIdLow: 1,
  traceIdHigh: 2,
  spanId: 3,
  parentSpanId: 4,
  operationName: 5,
  references: 6,
  flags: 7,
  startTime: 8,
  duration: 9,
  tags: 10,
  logs: 11,
} as const
export const PROCESS = { serviceName: 1, tags: 2 } as const
export const BATCH = { process: 1, spans: 2 } as const

export const TAG_TYPE = { STRING: 0, DOUBLE: 1, BOOL: 2, LONG: 3, BINARY: 4 } as const
export const SPAN_REF_TYPE = { CHILD_OF: 0, FOLLOWS_FROM: 1 } as const

/** The method of the agent that takes a batch, and the field of its argument. */
export const EMIT_BATCH = 'emitBatch'
export const EMIT_BATCH_ARGS = { batch: 1 } as const
