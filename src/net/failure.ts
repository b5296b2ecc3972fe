import { isProxyRefusal } from './proxy-refusal.ts'

/** What Node, undici and OpenSSL put into the errors of a connection; '' or undefined where an error has nothing of it. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly code: string
  readonly syscall: string
  /** Start of what could not be parsed as HTTP. */
  readonly data: string
  /** Bytes that had arrived on a connection when it was closed. */
  readonly bytesRead: number | undefined
  /** By which a proxy refused. */
  readonly proxyStatus: number | undefined
  /** Subject alternative names of a certificate that is for another host, and the host it should be for. */
  readonly certificateNames: string
  readonly certificateWanted: string
}

/** Errors wrap others; one that is wrapped deeper than this is not looked for. */
const MAX_WRAPPERS = 4
/** Enough to tell another protocol by. */
const START_BYTES = 16

/** Reads the error at the bottom: the cause, or the first of several attempts. Takes any value. */
export function readFailure(error: unknown): Failure {
  const root = innermost(error)
  const bytesRead = property(root, 'bytesRead') ?? property(property(root, 'socket'), 'bytesRead')
  return {
    name: textOf(root, 'name'),
    message: textOf(root, 'message'),
    code: textOf(root, 'code'),
    syscall: textOf(root, 'syscall'),
    data: textOf(root, 'data') || startOf(property(root, 'rawPacket')),
    bytesRead: typeof bytesRead === 'number' ? bytesRead : undefined,
    proxyStatus: isProxyRefusal(root) ? root.status : undefined,
    certificateNames: textOf(property(root, 'cert'), 'subjectaltname'),
    certificateWanted: textOf(root, 'host'),
  }
}

function innermost(error: unknown): unknown {
  let root = error
  for (let i = 0; i < MAX_WRAPPERS; i++) {
    const inner = root instanceof AggregateError ? root.errors[0] : property(root, 'cause')
    if (!(inner instanceof Error)) break
    root = inner
  }
  return root
}

function textOf(value: unknown, key: string): string {
  const found = property(value, key)
  return typeof found === 'string' ? found : ''
}

function startOf(packet: unknown): string {
  return packet instanceof Uint8Array ? Buffer.from(packet.subarray(0, START_BYTES)).toString('latin1') : ''
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
