// A collector that only counts: a process of its own, so that its work does not fall on any contender. Spans are counted by path.
import { createServer } from 'node:http'

const counts = new Map()

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    const spans = countSpans(Buffer.concat(chunks))
    counts.set(request.url, (counts.get(request.url) ?? 0) + spans)
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
})

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', path => process.send({ path, count: counts.get(path) ?? 0 }))
process.on('disconnect', () => process.exit())

/** Spans of an ExportTraceServiceRequest: resource_spans 1, scope_spans 2, spans 2. */
function countSpans(request) {
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
