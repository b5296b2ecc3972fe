import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** As much as Linux gives anybody; it doubles it for its own needs. */
const BUFFER_BYTES = 212_992

export interface UdpReceiver {
  readonly port: number
  readonly datagrams: readonly Buffer[]
  /** Resolves when so many have come. */
  received(count: number): Promise<void>
  close(): void
}

/** Keeps what arrives at a port of 127.0.0.1, or of the address it is told, until the end of the test. */
export async function startUdpReceiver(t: TestContext, address = '127.0.0.1', port = 0): Promise<UdpReceiver> {
  const socket: Socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  const datagrams: Buffer[] = []
  socket.on('message', datagram => datagrams.push(datagram))
  socket.bind(port, address)
  await once(socket, 'listening')
  socket.setRecvBufferSize(BUFFER_BYTES)
  let open = true
  const close = (): void => {
    if (open) socket.close()
    open = false
  }
  t.after(close)
  return {
    port: socket.address().port,
    datagrams,
    async received(count) {
      while (datagrams.length < count) await once(socket, 'message')
    },
    close,
  }
}

/** A UDP port of 127.0.0.1 on which nobody listens. */
export async function closedUdpPort(t: TestContext): Promise<number> {
  const receiver = await startUdpReceiver(t)
  receiver.close()
  return receiver.port
}
