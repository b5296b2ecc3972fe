import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createNameLookup, type NameLookup } from './lookup.ts'

/**
 * Between two datagrams. A receiver's buffer holds three of 65,000 bytes by default on Linux (net.core.rmem_default) and loses
 * without a sign what comes faster than it is read. It is also the time in which a host nearby says that nobody listens.
 */
const PAUSE_MS = 1
/** After a refusal, for the next: that it comes from further away must not look as if the datagram had been taken. */
const CAUTIOUS_PAUSE_MS = 100
/** After this the name is looked up again: another machine may have it by now. */
const ADDRESS_AGE_MS = 60_000

export interface UdpSenderOptions {
  readonly host: string
  readonly port: number
  readonly names?: NameLookup
}

export interface UdpSender {
  /**
   * Sends `parts` as one datagram, after all that were given before. Resolves when the operating system has taken it and nobody
   * has refused it at once; rejects where the host name is not found, the datagram is too long (EMSGSIZE) or an earlier one was
   * refused (ECONNREFUSED).
   */
  send(parts: readonly Uint8Array[]): Promise<void>
  close(): void
}

interface Connection {
  readonly socket: Socket
  readonly openedMs: number
  /** The first that was reported outside of a call. */
  error: Error | undefined
}

/** Sends to one host, without ever holding the event loop. Errors of the socket come out of `send` and nowhere else. */
export function createUdpSender({ host, port, names = createNameLookup() }: UdpSenderOptions): UdpSender {
  let connection: Connection | undefined
  let previous: Promise<void> = Promise.resolve()
  let pauseMs = PAUSE_MS
  let closed = false

  async function sendNow(parts: readonly Uint8Array[]): Promise<void> {
    if (closed) throw closedError()
    if (connection !== undefined && performance.now() - connection.openedMs > ADDRESS_AGE_MS) disconnect()
    try {
      connection ??= await connect(host, port, names)
      if (closed) throw closedError()
      await handOver(connection.socket, parts)
      if (connection.error === undefined) await pause(connection.socket, pauseMs)
      if (connection.error !== undefined) throw connection.error
      pauseMs = PAUSE_MS
    } catch (error) {
      if (!isTooLong(error)) {
        pauseMs = CAUTIOUS_PAUSE_MS
        disconnect()
      }
      throw error
    }
  }

  function disconnect(): void {
    connection?.socket.close()
    connection = undefined
  }

  return {
    send(parts) {
      const sending = previous.then(() => sendNow(parts))
      previous = sending.catch(() => {})
      return sending
    },
    close() {
      if (closed) return
      closed = true
      names.close()
      disconnect()
    },
  }
}

/** Whether a datagram was longer than the operating system takes. */
export function isTooLong(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'EMSGSIZE'
}

function closedError(): Error {
  return new Error('closed by this process')
}

/** A connected socket learns of refusals, and looks nothing up by itself. */
async function connect(host: string, port: number, names: NameLookup): Promise<Connection> {
  const { address, family } = await addressOf(host, names)
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  socket.unref()
  const connection: Connection = { socket, openedMs: performance.now(), error: undefined }
  socket.on('error', error => {
    connection.error ??= error
  })
  try {
    const connected = once(socket, 'connect')
    socket.connect(port, address)
    await connected
  } catch (error) {
    socket.close()
    throw error
  }
  return connection
}

function addressOf(host: string, names: NameLookup): Promise<{ address: string; family: number }> {
  return new Promise((resolve, reject) => {
    names.lookup(host, {}, (error, address, family) => {
      if (error) reject(error)
      else resolve({ address: String(address), family: family! })
    })
  })
}

function handOver(socket: Socket, parts: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(parts, error => (error ? reject(error) : resolve()))
  })
}

/** Ends early when the socket reports an error, which it gets to do even where this thread was held up for as long as that. */
function pause(socket: Socket, ms: number): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer)
      socket.off('error', end)
      resolve()
    }
    const timer = setTimeout(() => setImmediate(end), ms).unref()
    socket.once('error', end)
  })
}
