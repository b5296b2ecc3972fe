import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createNameLookup, type NameLookup } from './lookup.ts'

/**
 * From one datagram to the next: a receiver's buffer holds three of 65,000 bytes by default on Linux (net.core.rmem_default) and
 * loses without a sign what comes faster than it is read.
 */
const GAP_MS = 5
/** With so many calls waiting, which may be those of a process that ends. */
const SHORT_GAP_MS = 2
const MANY_WAITING = 4
/** Behind each datagram: by then a host nearby on which nobody listens has said so. */
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
  let sentMs = Number.NEGATIVE_INFINITY
  let waiting = 0
  let closed = false

  async function sendNow(parts: readonly Uint8Array[]): Promise<void> {
    if (closed) throw closedError()
    if (connection !== undefined && performance.now() - connection.openedMs > ADDRESS_AGE_MS) disconnect()
    try {
      connection ??= await connect(host, port, names)
      const current = connection
      await waitForGap(current.socket)
      throwErrorOf(current)
      await handOver(current.socket, parts)
      sentMs = performance.now()
      await pause(current.socket, pauseMs)
      throwErrorOf(current)
      pauseMs = PAUSE_MS
    } catch (error) {
      if (!isTooLong(error)) {
        pauseMs = CAUTIOUS_PAUSE_MS
        disconnect()
      }
      throw error
    }
  }

  function throwErrorOf({ error }: Connection): void {
    if (closed) throw closedError()
    if (error !== undefined) throw error
  }

  async function waitForGap(socket: Socket): Promise<void> {
    const gapMs = waiting >= MANY_WAITING ? SHORT_GAP_MS : GAP_MS
    const leftMs = sentMs + gapMs - performance.now()
    if (leftMs > 0) await pause(socket, leftMs)
  }

  function disconnect(): void {
    connection?.socket.close()
    connection = undefined
  }

  return {
    send(parts) {
      waiting++
      const sending = previous
        .then(() => sendNow(parts))
        .finally(() => {
          waiting--
        })
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
