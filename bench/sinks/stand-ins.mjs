// Whatever an exporter sends to, in a process of its own: takes everything and acknowledges it as the protocol has it. OTLP over HTTP
// has sink.mjs; what arrives is not looked at here, since the acknowledgements are in the tracer's own ledger.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'

const LOOPBACK = '127.0.0.1'
const TOKEN = JSON.stringify({ access_token: 'token', expires_in: 3_600, token_type: 'Bearer' })

const http = createServer((request, response) => {
  request.resume().on('end', () => {
    const isMetadata = request.url.startsWith('/computeMetadata/')
    response.writeHead(request.url.startsWith('/api/v2/') ? 202 : 200, {
      'content-type': 'application/json',
      'metadata-flavor': 'Google',
    })
    response.end(isMetadata ? TOKEN : '{}')
  })
})

const EMPTY_MESSAGE = Buffer.alloc(5)
const grpc = createHttp2Server()
grpc.on('stream', stream => {
  stream.resume().on('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(EMPTY_MESSAGE)
  })
})

const udp = createSocket('udp4')
for (const server of [http, grpc]) await once(server.listen(0, LOOPBACK), 'listening')
await once(udp.bind(0, LOOPBACK), 'listening')

process.on('disconnect', () => process.exit())
process.send({ http: http.address().port, grpc: grpc.address().port, udp: udp.address().port })
