// A collector that only counts: a process of its own, so that its work does not fall on any contender. Spans are counted by the
// first part of the path, and their format is told by the rest.
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { countDatadog } from './counting/datadog.mjs'
import { countJaeger } from './counting/jaeger.mjs'
import { countOtlp } from './counting/otlp.mjs'
import { countSentry } from './counting/sentry.mjs'

const counts = new Map()

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    const { path, count, answer = '' } = route(request.url)
    counts.set(path, (counts.get(path) ?? 0) + count(decompress(request, Buffer.concat(chunks))))
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(answer)
  })
})

function route(url) {
  const path = url.slice(0, url.indexOf('/', 1) >>> 0)
  // dd-trace keeps no path of its agent.
  if (url.startsWith('/v0.4/')) return { path: '/dd-trace', count: countDatadog, answer: '{"rate_by_service":{}}' }
  if (url.includes('/api/traces')) return { path, count: countJaeger }
  if (url.includes('/envelope/')) return { path, count: countSentry }
  return { path, count: countOtlp }
}

function decompress({ headers }, body) {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', path => process.send({ path, count: counts.get(path) ?? 0 }))
process.on('disconnect', () => process.exit())
