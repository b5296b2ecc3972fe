/** Spans of an ExportTraceServiceRequest: resource_spans 1, scope_spans 2, spans 2. */
export function countOtlp(request) {
  let spans = 0
  eachMessage(request, 1, resourceSpans =>
    eachMessage(resourceSpans, 2, scopeSpans => eachMessage(scopeSpans, 2, () => spans++)),
  )
  return spans
}

/** Calls `visit` with every length-delimited field `wanted`; those of other numbers here are length-delimited as well. */
function eachMessage(bytes, wanted, visit) {
  for (let at = 0; at < bytes.length; ) {
    const field = bytes[at++] >> 3
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    if (field === wanted) visit(bytes.subarray(at, at + length))
    at += length
  }
}
