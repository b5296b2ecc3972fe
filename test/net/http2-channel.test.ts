import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Http2Channel } from '../../src/net/http2-channel.ts'
import { createNameLookup } from '../../src/net/lookup.ts'
import { holdEventLoop } from '../support/event-loop.ts'
import { answerCall, startHttp2Server } from '../support/grpc-server.ts'
import { listen } from '../support/http-server.ts'

/** Relays to a server until it is cut: then all that arrives is swallowed, as by a firewall that has forgotten a connection. */
async function startRelay(t: TestContext) {
  const { server } = await startHttp2Server(t, stream => answerCall(stream))
  const { port: target } = server.address() as { port: number }
  let isCut = false
  const relay = createServer(client => {
    const onward = connect(target, '127.0.0.1')
    onward.on('error', () => {})
    client.on('close', () => onward.destroy())
    client.on('data', chunk => isCut || onward.write(chunk))
    onward.on('data', chunk => isCut || client.write(chunk))
  })
  const cut = () => {
    isCut = true
  }
  return { url: `http://127.0.0.1:${await listen(t, relay)}`, cut }
}

function open(t: TestContext, url: string, quietMs: number): Http2Channel {
  holdEventLoop(t)
  const route = { url, tls: undefined, proxy: undefined, lookup: createNameLookup().lookup }
  const channel = new Http2Channel(route, { quietMs, pingTimeoutMs: 50 })
  t.after(() => channel.close())
  return channel
}

async function openSession(channel: Http2Channel) {
  const session = await channel.session()
  if (!channel.hasSpoken(session)) await once(session, 'remoteSettings')
  return session
}

test('a connection on which a ping is not answered is ended, and the next one is new', async t => {
  const { url, cut } = await startRelay(t)
  const channel = open(t, url, 0)
  const session = await openSession(channel)
  cut()
  const [[error]] = await Promise.all([once(session, 'error'), channel.probe(session)])
  assert.deepEqual([error.code, error.message], ['NO_REPLY', 'no answer to a ping within 50 ms'])
  assert.notEqual(await channel.session(), session)
})

test('a connection on which a ping is answered is kept', async t => {
  const { url } = await startRelay(t)
  const channel = open(t, url, 0)
  const session = await openSession(channel)
  channel.probe(session)
  await new Promise(resolve => setTimeout(resolve, 200))
  assert.equal(session.destroyed, false)
  assert.equal(await channel.session(), session)
})

test('a connection that has been heard of lately is not asked', async t => {
  const { url, cut } = await startRelay(t)
  const channel = open(t, url, 60_000)
  const session = await openSession(channel)
  cut()
  channel.probe(session)
  await new Promise(resolve => setTimeout(resolve, 200))
  assert.equal(session.destroyed, false)
})
