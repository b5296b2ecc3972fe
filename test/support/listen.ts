import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/** Has a server listen on a free port of the loopback interface. */
export async function listen(server: Server): Promise<{ url: string; port: number; close(): void }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, close: () => server.close() }
}
