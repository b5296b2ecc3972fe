import * as http2 from 'node:http2'
import type { Server } from 'node:net'
import type { TestContext } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { listen } from './http-server.ts'

const METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const asBytes = (bytes: Buffer) => bytes

export interface GrpcCall {
  readonly body: Buffer
  readonly metadata: Readonly<Record<string, grpc.MetadataValue>>
  readonly deadline: grpc.Deadline
}

export type GrpcAnswer = (call: GrpcCall, reply: grpc.sendUnaryData<Buffer>) => void

export interface GrpcServer {
  readonly port: number
  readonly calls: readonly GrpcCall[]
}

/** The official gRPC implementation for Node, serving OTLP's Export over bytes. */
export async function startGrpcServer(
  t: TestContext,
  answer: GrpcAnswer = (_call, reply) => reply(null, Buffer.alloc(0)),
  credentials: grpc.ServerCredentials = grpc.ServerCredentials.createInsecure(),
  options: grpc.ServerOptions = {},
): Promise<GrpcServer> {
  const calls: GrpcCall[] = []
  const server = new grpc.Server(options)
  const codec = { requestSerialize: asBytes, requestDeserialize: asBytes, responseSerialize: asBytes }
  const method = { path: METHOD, requestStream: false, responseStream: false, ...codec, responseDeserialize: asBytes }
  server.addService(
    { Export: method },
    {
      Export: (incoming: grpc.ServerUnaryCall<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) => {
        const call = {
          body: incoming.request,
          metadata: incoming.metadata.getMap(),
          deadline: incoming.getDeadline(),
        }
        calls.push(call)
        answer(call, reply)
      },
    },
  )
  t.after(() => server.forceShutdown())
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return { port, calls }
}

export interface Http2Server {
  readonly origin: string
  readonly server: http2.Http2Server
  /** Connections accepted so far. */
  connections(): number
}

/** An HTTP/2 server without TLS that does with each request what it likes. */
export async function startHttp2Server(
  t: TestContext,
  onStream: (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void,
): Promise<Http2Server> {
  let connections = 0
  const server = http2.createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    onStream(stream, headers)
  })
  server.on('session', session => {
    connections++
    session.on('error', () => {})
  })
  const port = await listen(t, server as unknown as Server)
  return { origin: `http://127.0.0.1:${port}`, server, connections: () => connections }
}

/** A whole reply: one message of `content` and the status in the trailers. */
export function answerCall(
  stream: http2.ServerHttp2Stream,
  content: Uint8Array = Buffer.alloc(0),
  trailers: http2.OutgoingHttpHeaders = { 'grpc-status': '0' },
): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(content.byteLength, 1)
  stream.end(Buffer.concat([prefix, content]))
}
