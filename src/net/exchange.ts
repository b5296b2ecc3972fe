/** OTLP wants clients to cap what they read of a reply at 4 MiB. */
export const MAX_REPLY_BYTES: number = 4 * 1024 * 1024

export interface HttpReply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

/** Why a request failed where the network gave no error of its own; `code` of a `RequestError`. */
export type RequestFailure = 'NO_CONNECTION' | 'NO_REPLY' | 'REPLY_TOO_LARGE' | 'CLOSED'

/** Its message is a clause that can be shown. */
export interface RequestError extends Error {
  readonly name: 'RequestError'
  readonly code: RequestFailure
}

export function isRequestError(error: unknown): error is RequestError {
  return error instanceof Error && error.name === 'RequestError'
}

export function requestError(code: RequestFailure, message: string): RequestError {
  return Object.assign(new Error(message), { name: 'RequestError', code } as const)
}

export function closedError(): RequestError {
  return requestError('CLOSED', 'the connection was closed by this process')
}

/** One request under way: gathers the reply and settles once, whatever is reported afterwards. */
export class Exchange {
  readonly reply: Promise<HttpReply>
  private state: 'connecting' | 'connected' | 'settled' = 'connecting'
  private abort: ((error: Error) => void) | undefined
  private status = 0
  private headers: HttpReply['headers'] = {}
  private readonly chunks: Uint8Array[] = []
  private byteCount = 0
  private resolve!: (reply: HttpReply) => void
  private reject!: (error: Error) => void

  get isSettled(): boolean {
    return this.state === 'settled'
  }

  constructor() {
    this.reply = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  /** `abort` drops the request with its connection; called at once if the request has been given up meanwhile. */
  onStart(abort: (error: Error) => void): void {
    this.abort = abort
    if (this.state === 'settled') abort(new Error('given up'))
  }

  onConnected(): void {
    if (this.state === 'connecting') this.state = 'connected'
  }

  onHead(status: number, headers: HttpReply['headers']): void {
    this.status = status
    this.headers = headers
  }

  /** Their fields are counted among the headers. */
  onTrailers(trailers: HttpReply['headers']): void {
    this.headers = { ...this.headers, ...trailers }
  }

  onData(chunk: Uint8Array): void {
    if (this.state === 'settled') return
    this.byteCount += chunk.byteLength
    if (this.byteCount > MAX_REPLY_BYTES) this.fail(requestError('REPLY_TOO_LARGE', 'response over 4 MiB'))
    else this.chunks.push(chunk)
  }

  onEnd(): void {
    if (this.state === 'settled') return
    this.state = 'settled'
    this.resolve({ status: this.status, headers: this.headers, body: Buffer.concat(this.chunks) })
  }

  /** Fails the request and drops its connection; `limit` ends the sentence 'no answer …'. */
  giveUp(limit: string): void {
    const connecting = this.state === 'connecting'
    this.fail(
      connecting
        ? requestError('NO_CONNECTION', `no connection ${limit}`)
        : requestError('NO_REPLY', `no answer ${limit}`),
    )
  }

  fail(error: Error): void {
    if (this.state === 'settled') return
    this.state = 'settled'
    this.chunks.length = 0
    this.reject(error)
    this.abort?.(error)
  }
}
