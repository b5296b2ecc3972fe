import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { planJaeger } from '../../src/config/jaeger.ts'
import type { JaegerExporterConfig } from '../../src/types/config.ts'

const COMPACT = 'udp/thrift.compact'
const BINARY = 'udp/thrift.binary'
const HTTP = 'http/thrift.binary'
const AUTHORIZATION = `Basic ${Buffer.from('me:s3cr3t').toString('base64')}`

function plan(
  options: object,
  variables: NodeJS.ProcessEnv = {},
): { config: JaegerExporterConfig; notices: readonly string[] } {
  const environment = new EnvironmentReader(variables)
  const config = planJaeger('exporters', { kind: 'jaeger', ...options })(environment, 7_000)
  return { config, notices: environment.notices }
}

test('by default spans go to localhost:6831 over UDP', () => {
  assert.deepEqual(plan({}).config, {
    kind: 'jaeger',
    transport: COMPACT,
    url: 'udp://localhost:6831',
    maxPacketBytes: 65_000,
    headers: {},
    timeoutMs: 7_000,
    proxy: undefined,
  })
})

describe('where to, and how', () => {
  const rows: readonly [options: object, endpoint: string, transport: string, url: string][] = [
    [{ host: 'agent' }, '', COMPACT, 'udp://agent:6831'],
    [{ host: '10.0.0.1', port: 7_000 }, '', COMPACT, 'udp://10.0.0.1:7000'],
    [{ host: '::1' }, '', COMPACT, 'udp://[::1]:6831'],
    [{ host: '[::1]' }, '', COMPACT, 'udp://[::1]:6831'],
    [{ port: 6_832 }, '', BINARY, 'udp://localhost:6832'],
    [{ port: 14_268 }, '', HTTP, 'http://localhost:14268/api/traces'],
    [{ port: 6_832, transport: COMPACT }, '', COMPACT, 'udp://localhost:6832'],
    [{ transport: BINARY }, '', BINARY, 'udp://localhost:6832'],
    [{ transport: HTTP }, '', HTTP, 'http://localhost:14268/api/traces'],
    [{ transport: HTTP, host: 'c', port: 80 }, '', HTTP, 'http://c/api/traces'],
    [{ url: 'https://c' }, '', HTTP, 'https://c/api/traces'],
    [{ url: 'http://c:14268/own?x=1' }, '', HTTP, 'http://c:14268/own?x=1'],
    [{ url: 'http://c/t', transport: HTTP }, '', HTTP, 'http://c/t'],
    // JAEGER_ENDPOINT.
    [{}, 'jaeger', COMPACT, 'udp://jaeger:6831'],
    [{}, 'jaeger:6831', COMPACT, 'udp://jaeger:6831'],
    [{}, 'jaeger:80', COMPACT, 'udp://jaeger:80'],
    [{}, 'jaeger:6832', BINARY, 'udp://jaeger:6832'],
    [{}, 'jaeger:14268', HTTP, 'http://jaeger:14268/api/traces'],
    [{}, 'udp://jaeger:7000', COMPACT, 'udp://jaeger:7000'],
    [{}, '::1', COMPACT, 'udp://[::1]:6831'],
    [{}, '[fe80::1]:7000', COMPACT, 'udp://[fe80::1]:7000'],
    [{}, 'http://jaeger:14268', HTTP, 'http://jaeger:14268/api/traces'],
    [{}, 'https://jaeger/', HTTP, 'https://jaeger/api/traces'],
    [{}, 'http://jaeger/own', HTTP, 'http://jaeger/own'],
    [{ transport: COMPACT }, 'http://jaeger:14268/api/traces', COMPACT, 'udp://jaeger:6831'],
    [{ transport: HTTP }, 'jaeger', HTTP, 'http://jaeger:14268/api/traces'],
    [{ port: 7_000 }, 'jaeger:6831', COMPACT, 'udp://jaeger:7000'],
    [{ port: 7_000 }, 'http://jaeger:14268', HTTP, 'http://jaeger:7000/api/traces'],
    [{ host: 'own' }, 'jaeger:7000', COMPACT, 'udp://own:6831'],
    [{ url: 'http://own' }, 'jaeger:7000', HTTP, 'http://own/api/traces'],
  ]
  for (const [options, endpoint, transport, url] of rows) {
    test(`${JSON.stringify(options)}, JAEGER_ENDPOINT=${endpoint}: ${transport} to ${url}`, () => {
      const { config, notices } = plan(options, { JAEGER_ENDPOINT: endpoint })
      assert.deepEqual([config.transport, config.url, notices], [transport, url, []])
    })
  }
})

test('over HTTP there may be a proxy, and user name and password go out of the URL; over UDP there is no proxy', () => {
  const environment = { HTTP_PROXY: 'http://p:3128', JAEGER_ENDPOINT: 'http://me:s3cr3t@c/t' }
  const { url, headers, proxy } = plan({}, environment).config
  assert.deepEqual([url, headers, proxy], ['http://c/t', { authorization: AUTHORIZATION }, 'http://p:3128/'])
  assert.equal(plan({ host: 'c' }, environment).config.proxy, undefined)
})

describe('a JAEGER_ENDPOINT that cannot be used', () => {
  const rows: readonly [value: string, shown: string][] = [
    ['ftp://j', '"ftp://j"'],
    ['j:0', '"j:0"'],
    ['j:70000', '"j:70000"'],
    ['j:http', '"j:http"'],
    ['j/api/traces', '"j/api/traces"'],
    ['two words', '"two words"'],
    ['me:s3cr3t@j', 'one that may hold a password'],
    ['a:b:c', '"a:b:c"'],
  ]
  for (const [value, shown] of rows) {
    test(`${value} becomes localhost`, () => {
      const { config, notices } = plan({}, { JAEGER_ENDPOINT: value })
      assert.equal(config.url, 'udp://localhost:6831')
      assert.deepEqual(notices, [
        `JAEGER_ENDPOINT must be a host, host:port, or an http or https URL, got ${shown}; using localhost`,
      ])
    })
  }
})
