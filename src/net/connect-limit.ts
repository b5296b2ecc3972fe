import type { Socket } from 'node:net'
import { CONNECT_TIMEOUT_MS } from './transport.ts'

/** Ends a connection that does not come about in time, its TLS handshake included. */
export function limitConnecting(socket: Socket): Socket {
  const end = () => socket.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT', syscall: 'connect' }))
  const timer = setTimeout(end, CONNECT_TIMEOUT_MS).unref()
  for (const event of [connectedEvent(socket), 'close']) socket.once(event, () => clearTimeout(timer))
  return socket
}

/** What a socket emits once it can be written to. */
export function connectedEvent(socket: Socket): 'connect' | 'secureConnect' {
  return 'encrypted' in socket ? 'secureConnect' : 'connect'
}
