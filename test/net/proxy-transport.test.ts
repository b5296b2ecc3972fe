import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { type TestContext, test } from 'node:test'
import { createHttpClient, type HttpClient } from '../../src/net/http-client.ts'
import { createNameLookup } from '../../src/net/lookup.ts'
import { CA, certificate } from '../support/certificates.ts'
import { startDnsServer } from '../support/dns-server.ts'
import { listen, startHttpServer } from '../support/http-server.ts'
import { startProxy } from '../support/proxy-server.ts'

const BODY = Buffer.from('some bytes')

function post(made: HttpClient) {
  return made.post(BODY, {}, new AbortController().signal)
}

/** The name of the target exists for the proxy only. */
function clientBehind(
  t: TestContext,
  proxy: string,
  url: string,
  tls?: { ca: string; serverName: string },
): HttpClient {
  const names = { lookup: () => assert.fail('looked up here'), close: () => {} }
  const made = createHttpClient({ url, proxy, tls, names, headers: { 'x-own': 'own' }, timeoutMs: 10_000 })
  t.after(() => made.close())
  return made
}

function withCredentials(origin: string, userinfo: string): string {
  return origin.replace('://', `://${userinfo}@`)
}

const proxies: [what: string, userinfo: string, wanted: string | undefined][] = [
  ['an open proxy', '', undefined],
  ['a proxy with a password', 'user:p%40ss%3a', 'user:p@ss:'],
  ['a proxy with a user name only', 'user', 'user:'],
]

for (const [what, userinfo, wanted] of proxies) {
  test(`${what} makes a tunnel to https`, async t => {
    const server = await startHttpServer(t, (_request, response) => response.end('ok'), certificate('server'))
    const proxy = await startProxy(t, server.port, wanted)
    const tls = { ca: CA, serverName: 'localhost' }
    const made = clientBehind(t, withCredentials(proxy.origin, userinfo), 'https://collector.test/v1/traces', tls)
    assert.equal((await post(made)).status, 200)
    assert.equal((await post(made)).status, 200)
    assert.deepEqual(proxy.requests, ['CONNECT collector.test:443'])
    assert.deepEqual(server.requests[0]!.body, BODY)
    assert.equal(server.requests[0]!.headers['x-own'], 'own')
    assert.equal(server.requests[0]!.headers['proxy-authorization'], undefined)
  })

  test(`${what} forwards plain HTTP`, async t => {
    const server = await startHttpServer(t, (_request, response) => response.end('ok'))
    const proxy = await startProxy(t, server.port, wanted)
    const made = clientBehind(t, withCredentials(proxy.origin, userinfo), 'http://collector.test:4318/v1/traces')
    assert.equal((await post(made)).status, 200)
    assert.deepEqual(proxy.requests, ['POST http://collector.test:4318/v1/traces'])
    assert.deepEqual(server.requests[0]!.body, BODY)
    assert.equal(server.requests[0]!.headers.host, 'collector.test:4318')
  })
}

test('a proxy is asked for another path than the URL has, and to delete', async t => {
  const server = await startHttpServer(t, (_request, response) => response.end('ok'))
  const proxy = await startProxy(t, server.port)
  const made = clientBehind(t, proxy.origin, 'http://storage.test/a')
  assert.equal((await made.delete({ ':path': '/b%2Fc?d=e' }, new AbortController().signal)).status, 200)
  assert.deepEqual(proxy.requests, ['DELETE http://storage.test/b%2Fc?d=e'])
})

test('the certificate is checked at the end of a tunnel', async t => {
  const server = await startHttpServer(t, (_request, response) => response.end(), certificate('elsewhere'))
  const proxy = await startProxy(t, server.port)
  const tls = { ca: CA, serverName: 'localhost' }
  await assert.rejects(post(clientBehind(t, proxy.origin, 'https://collector.test/', tls)), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
  assert.equal(server.requests.length, 0)
})

test('the proxy itself is looked up without the thread pool', async t => {
  const server = await startHttpServer(t, (_request, response) => response.end())
  const proxy = await startProxy(t, server.port)
  const dns = await startDnsServer(t, { 'proxy.test': { A: ['127.0.0.1'], AAAA: [] } })
  const names = createNameLookup({ servers: [dns.address] })
  const options = { tls: undefined, names, headers: {}, timeoutMs: 10_000 }
  const proxyUrl = proxy.origin.replace('127.0.0.1', 'proxy.test')
  const made = createHttpClient({ url: 'http://collector.test/', proxy: proxyUrl, ...options })
  t.after(() => made.close())
  assert.equal((await post(made)).status, 200)
})

test('nothing is kept of a connection that the proxy has closed', async t => {
  const warnings: Error[] = []
  const note = (warning: Error): void => void warnings.push(warning)
  process.on('warning', note)
  t.after(() => process.off('warning', note))
  const server = await startHttpServer(t, (_request, response) => response.end())
  const proxy = await startProxy(t, server.port, 'user:other')
  const made = clientBehind(t, proxy.origin, 'http://collector.test/')
  // From the eleventh listener on Node.js warns.
  for (let request = 0; request < 12; request++) await assert.rejects(post(made), { message: /407/ })
  assert.equal(proxy.requests.length, 12)
  assert.deepEqual(warnings, [])
})

test('close does not wait for a proxy that does not answer', async t => {
  let accept!: (socket: Socket) => void
  const accepted = new Promise<Socket>(resolve => {
    accept = resolve
  })
  const port = await listen(
    t,
    createServer(socket => {
      socket.once('data', () => accept(socket))
    }),
  )
  const made = clientBehind(t, `http://127.0.0.1:${port}`, 'https://collector.test/')
  const request = assert.rejects(post(made))
  const closed = once(await accepted, 'close')
  const start = performance.now()
  await made.close()
  await request
  await closed
  assert.ok(performance.now() - start < 1_000)
})
