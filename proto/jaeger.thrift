# The part of Jaeger's protocol that this package writes. The protocol is that of jaegertracing/jaeger-idl; see README.md.

enum TagType { STRING, DOUBLE, BOOL, LONG, BINARY }

enum SpanRefType { CHILD_OF, FOLLOWS_FROM }

# Only the value that vType names is set.
struct Tag {
  1: required string key
  2: required TagType vType
  3: optional string vStr
  4: optional double vDouble
  5: optional bool vBool
  6: optional i64 vLong
  7: optional binary vBinary
}

# What OTLP calls an event: the field `event` has its name.
struct Log {
  1: required i64 timestamp # in microseconds since 1970
  2: required list<Tag> fields
}

# What OTLP calls a link.
struct SpanRef {
  1: required SpanRefType refType
  2: required i64 traceIdLow
  3: required i64 traceIdHigh
  4: required i64 spanId
}

struct Span {
  1: required i64 traceIdLow # the last eight bytes of the id
  2: required i64 traceIdHigh
  3: required i64 spanId
  4: required i64 parentSpanId # 0 in a root
  5: required string operationName
  6: optional list<SpanRef> references
  7: required i32 flags # 1: sampled
  8: required i64 startTime # in microseconds since 1970
  9: required i64 duration # in microseconds
  10: optional list<Tag> tags
  11: optional list<Log> logs
}

# What OTLP calls a resource.
struct Process {
  1: required string serviceName
  2: optional list<Tag> tags
}

# Over HTTP it is the body.
struct Batch {
  1: required Process process
  2: required list<Span> spans
}

# Over UDP a datagram is one call.
service Agent {
  oneway void emitBatch(1: Batch batch)
}
