import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { splitCredentials, urlFromEnvironment, urlOption } from '../../src/config/endpoint.ts'
import { EnvironmentReader } from '../../src/config/environment.ts'

describe('the url option', () => {
  const rows = [
    ['http://c:4318', 'http://c:4318/v1/traces'],
    ['http://c:4318/', 'http://c:4318/v1/traces'],
    ['http://c', 'http://c/v1/traces'],
    ['https://c', 'https://c/v1/traces'],
    ['http://c:4318/v1/traces', 'http://c:4318/v1/traces'],
    ['http://c:4318/x', 'http://c:4318/x'],
    ['http://c:4318/x/', 'http://c:4318/x/'],
    ['http://c:4318?k=v', 'http://c:4318/v1/traces?k=v'],
    ['http://c:4318/x?k=v#part', 'http://c:4318/x?k=v'],
    ['HTTP://C:80', 'http://c/v1/traces'],
    ['http://[::1]:4318', 'http://[::1]:4318/v1/traces'],
  ] as const
  for (const [option, url] of rows)
    test(`${option} posts to ${url}`, () => assert.equal(urlOption('url', option)?.href, url))
})

describe('the endpoint of the environment', () => {
  const rows: [base: string | undefined, traces: string | undefined, url: string, notices?: number][] = [
    [undefined, undefined, 'http://localhost:4318/v1/traces'],
    ['', ' ', 'http://localhost:4318/v1/traces'],
    ['http://c:4318', undefined, 'http://c:4318/v1/traces'],
    ['http://c:4318/', undefined, 'http://c:4318/v1/traces'],
    ['http://c:4318/x', undefined, 'http://c:4318/x/v1/traces'],
    ['http://c:4318/x/', undefined, 'http://c:4318/x/v1/traces'],
    ['http://c:4318/v1/traces', undefined, 'http://c:4318/v1/traces/v1/traces'],
    ['http://c:4318/x?k=v', undefined, 'http://c:4318/x/v1/traces?k=v'],
    ['https://c', undefined, 'https://c/v1/traces'],
    ['https://c:443', undefined, 'https://c/v1/traces'],
    ['http://c:4317', undefined, 'http://c:4317/v1/traces'],
    ['c', undefined, 'http://c/v1/traces'],
    ['c:4318', undefined, 'http://c:4318/v1/traces'],
    ['localhost:4318', undefined, 'http://localhost:4318/v1/traces'],
    ['127.0.0.1:4318/x', undefined, 'http://127.0.0.1:4318/x/v1/traces'],
    ['[::1]:4318', undefined, 'http://[::1]:4318/v1/traces'],
    [' http://c ', undefined, 'http://c/v1/traces'],
    [undefined, 'http://t:4318', 'http://t:4318/'],
    [undefined, 'http://t:4318/', 'http://t:4318/'],
    [undefined, 'http://t:4318/v1/traces', 'http://t:4318/v1/traces'],
    [undefined, 'http://t:4318/x/', 'http://t:4318/x/'],
    [undefined, 't:4318/x', 'http://t:4318/x'],
    ['http:/me:pw@c', undefined, 'http://me:pw@c/v1/traces'],
    ['http://c:4318', 'http://t/x', 'http://t/x'],
    ['http://c:4318', 'ftp://t', 'http://c:4318/v1/traces', 1],
    ['http://c:99999', undefined, 'http://localhost:4318/v1/traces', 1],
    ['http://c:99999', 'http://t/x', 'http://t/x', 1],
    ['unix:///run/c.sock', undefined, 'http://localhost:4318/v1/traces', 1],
    ['http://', 'a b', 'http://localhost:4318/v1/traces', 2],
  ]
  for (const [base, traces, url, notices = 0] of rows) {
    test(`base ${base ?? '-'}, traces ${traces ?? '-'}: ${url}, ${notices} notices`, () => {
      const environment = new EnvironmentReader({
        OTEL_EXPORTER_OTLP_ENDPOINT: base,
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces,
      })
      assert.equal(urlFromEnvironment(environment, 'http://localhost:4318').href, url)
      assert.equal(environment.notices.length, notices)
    })
  }
})

describe('user name and password of a URL become a header', () => {
  const rows = [
    ['http://c/', 'http://c/', {}],
    ['http://me:pw@c/x?k=v', 'http://c/x?k=v', { authorization: 'Basic bWU6cHc=' }],
    ['http://me@c/', 'http://c/', { authorization: 'Basic bWU6' }],
  ] as const
  for (const [from, url, headers] of rows) {
    test(`${from} gives ${url} and ${JSON.stringify(headers)}`, () => {
      const endpoint = splitCredentials(new URL(from))
      assert.deepEqual([endpoint.url.href, endpoint.headers], [url, headers])
    })
  }
})
