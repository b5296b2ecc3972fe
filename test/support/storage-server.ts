import type { ServerResponse } from 'node:http'
import { type ReceivedRequest, type Scope, startHttpServer } from './http-server.ts'

interface Stored {
  readonly text: string
  readonly generation: number
  readonly metadata: Readonly<Record<string, string>>
}

interface Reply {
  readonly status?: number
  readonly body: object | string
  readonly headers?: Readonly<Record<string, string>>
}

export type StorageFault = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>

export interface StorageServer {
  readonly origin: string
  readonly requests: readonly ReceivedRequest[]
  readonly objects: Map<string, Stored>
  /** Names in order. */
  names(): string[]
  put(name: string, text: string): void
  /** Answers the next requests in whose method and path `part` is as `fault` does; `false` from it lets a request through. */
  fail(part: string, fault: StorageFault, times?: number): void
  /** What the server does with a request itself. */
  serve(request: ReceivedRequest, response: ServerResponse): void
}

export const BUCKET = 'letters'
const PAGE_SIZE = 2

/** The part of Cloud Storage's JSON API that a queue needs, with every precondition, for one bucket; pages of two objects. */
export async function startStorageServer(t: Scope): Promise<StorageServer> {
  const objects = new Map<string, Stored>()
  const faults: { part: string; fault: StorageFault; times: number }[] = []
  let generations = 1_000

  const put = (name: string, text: string, metadata: Stored['metadata'] = {}): Stored => {
    const stored = { text, generation: ++generations, metadata }
    objects.set(name, stored)
    return stored
  }

  const server = await startHttpServer(t, (request, response) => {
    const found = faults.find(({ part, times }) => times > 0 && `${request.method} ${request.path}`.includes(part))
    if (found === undefined) serve(request, response)
    else {
      found.times--
      found.fault(request, response)
    }
  })

  function serve(request: ReceivedRequest, response: ServerResponse): void {
    const { status = 200, body, headers = {} } = reply(request)
    response.writeHead(status, headers)
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

  function reply(request: ReceivedRequest): Reply {
    const { pathname, searchParams: query } = new URL(request.path, server.origin)
    const own = `/storage/v1/b/${BUCKET}/o`
    if (request.method === 'POST' && pathname === `/upload${own}`) return upload(request, query)
    if (!pathname.startsWith(own)) return refusal(404, 'The specified bucket does not exist.')
    if (request.method === 'GET' && pathname === own) return list(query)
    const path = pathname.slice(own.length + 1).split(`/rewriteTo/b/${BUCKET}/o/`)
    const [name = '', target] = path.map(decodeURIComponent)
    const stored = objects.get(name)
    if (stored === undefined) return refusal(404, `No such object: ${BUCKET}/${name}`)
    if (target !== undefined) return rewrite(stored, target, query)
    if (request.method === 'DELETE') return remove(name, stored, query)
    if (query.get('alt') !== 'media') return { body: resource(name, stored) }
    return { body: stored.text, headers: { 'x-goog-generation': String(stored.generation) } }
  }

  function upload({ headers, body }: ReceivedRequest, query: URLSearchParams): Reply {
    const name = query.get('name') ?? ''
    const boundary = /^multipart\/related; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1]
    const parts = body.toString().split(`--${boundary}`)
    if (query.get('uploadType') !== 'multipart' || parts.length !== 4) return refusal(400, 'no multipart')
    const [fields, text] = parts.slice(1, 3).map(part => part.slice(part.indexOf('\r\n\r\n') + 4, -2))
    if (!isMet(query, 'ifGenerationMatch', name)) return refusal(412, 'conditionNotMet')
    const { metadata } = JSON.parse(fields!) as { metadata: Stored['metadata'] }
    return { body: resource(name, put(name, text!, metadata)) }
  }

  function rewrite(stored: Stored, target: string, query: URLSearchParams): Reply {
    const isSource = query.get('ifSourceGenerationMatch') === String(stored.generation)
    if (!isSource || !isMet(query, 'ifGenerationMatch', target)) return refusal(412, 'conditionNotMet')
    return { body: { done: true, resource: resource(target, put(target, stored.text, stored.metadata)) } }
  }

  function remove(name: string, stored: Stored, query: URLSearchParams): Reply {
    if (query.get('generation') !== String(stored.generation)) return refusal(404, 'no such generation')
    if (!isMet(query, 'ifGenerationMatch', name)) return refusal(412, 'conditionNotMet')
    objects.delete(name)
    return { status: 204, body: '' }
  }

  function list(query: URLSearchParams): Reply {
    const all = [...objects.keys()].filter(name => name.startsWith(query.get('prefix') ?? '')).sort()
    const start = Number(query.get('pageToken') ?? 0)
    const items = all.slice(start, start + PAGE_SIZE).map(name => ({ name }))
    const next = start + PAGE_SIZE < all.length ? { nextPageToken: String(start + PAGE_SIZE) } : {}
    return { body: { ...(items.length > 0 && { items }), ...next } }
  }

  function isMet(query: URLSearchParams, condition: string, name: string): boolean {
    return Number(query.get(condition)) === (objects.get(name)?.generation ?? 0)
  }

  return {
    origin: server.origin,
    requests: server.requests,
    objects,
    names: () => [...objects.keys()].sort(),
    put: (name, text) => void put(name, text),
    fail: (part, fault, times = 1) => void faults.push({ part, fault, times }),
    serve,
  }
}

function resource(name: string, { generation, metadata }: Stored): object {
  return { name, generation: String(generation), metadata }
}

function refusal(code: number, message: string): Reply {
  return { status: code, body: { error: { code, message } } }
}

/** A reply as Google's APIs give it for an error. */
export function answerError(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(refusal(status, message).body))
}
