// A collector that only counts: a process of its own, so that its work does not fall on any contender. Spans are counted by the
// first part of the path, and their format is told by the rest.
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { countOtlp } from './counting/otlp.mjs'

const counts = new Map()

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', async () => {
    const { name, count, answer = '' } = await route(request.url)
    counts.set(name, (counts.get(name) ?? 0) + count(decompress(request, Buffer.concat(chunks))))
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(answer)
  })
})

/** The decoders of rivals' formats are loaded where they are needed: not everybody has the rivals. */
async function route(url) {
  const [, name] = url.split('/', 2)
  // dd-trace keeps no path of its agent.
  if (url.startsWith('/v0.4/')) {
    const { countDatadog } = await import('./counting/datadog.mjs')
    return { name: 'dd-trace', count: countDatadog, answer: '{"rate_by_service":{}}' }
  }
  if (url.endsWith('/api/traces')) return { name, count: (await import('./counting/jaeger.mjs')).countJaeger }
  if (url.includes('/envelope/')) return { name, count: (await import('./counting/sentry.mjs')).countSentry }
  return { name, count: countOtlp }
}

function decompress({ headers }, body) {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', path => process.send({ path, count: counts.get(path.slice(1)) ?? 0 }))
process.on('disconnect', () => process.exit())
