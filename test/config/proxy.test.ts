import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { chooseProxy } from '../../src/config/proxy.ts'

const P = 'http://p:3128'

describe('the proxy of a URL', () => {
  const rows: [url: string, variables: Record<string, string>, proxy: string | undefined][] = [
    ['http://c/', {}, undefined],
    ['http://c/', { HTTP_PROXY: P }, 'http://p:3128/'],
    ['http://c/', { http_proxy: P }, 'http://p:3128/'],
    ['http://c/', { http_proxy: 'http://low:1', HTTP_PROXY: P }, 'http://low:1/'],
    ['http://c/', { http_proxy: '', HTTP_PROXY: P }, 'http://p:3128/'],
    ['http://c/', { HTTPS_PROXY: P }, undefined],
    ['https://c/', { HTTP_PROXY: P }, undefined],
    ['https://c/', { HTTPS_PROXY: P }, 'http://p:3128/'],
    ['https://c/', { https_proxy: 'https://low:1', HTTPS_PROXY: P }, 'https://low:1/'],
    ['http://c/', { HTTP_PROXY: 'p:3128' }, 'http://p:3128/'],
    ['http://c/', { HTTP_PROXY: 'me:pw@p:3128' }, 'http://me:pw@p:3128/'],
    ['http://localhost:4318/', { HTTP_PROXY: P }, undefined],
    ['http://127.0.0.1/', { HTTP_PROXY: P }, undefined],
    ['http://127.8.9.1/', { HTTP_PROXY: P }, undefined],
    ['http://[::1]:4318/', { HTTP_PROXY: P }, undefined],
    ['http://127.0.0.1.example.com/', { HTTP_PROXY: P }, 'http://p:3128/'],
    ...excepted('http://c/', ['*', 'c', 'C', 'x,c', 'x c', ' c ', 'c:80', '.c', '*.c']),
    ...proxied('http://c/', ['', ',', 'x', 'c:81', 'cc', 'b.c', 'c:', ':80', '.']),
    ...excepted('http://a.b.example.com/', ['example.com', '.example.com', '*.example.com', 'b.example.com:80']),
    ...proxied('http://a.b.example.com/', ['ample.com', 'example.org', 'example.com:8080', 'a.b.example.com.evil']),
    ...excepted('https://c:4318/', ['c:4318', 'c']),
    ...proxied('https://c:4318/', ['c:443']),
    ...excepted('https://c/', ['c:443']),
    ...excepted('http://10.0.0.7/', ['10.0.0.7', '10.0.0.7:80']),
    ...proxied('http://10.0.0.7/', ['0.0.7', '.0.0.7', '10.0.0.70', '10.0.0.7:81']),
    ...excepted('http://[fe80::7]:4318/', ['fe80::7', '[fe80::7]', '[fe80::7]:4318', '[FE80::7]']),
    ...proxied('http://[fe80::7]:4318/', ['fe80::8', '[fe80::7]:80', '7']),
    ...excepted('http://10.9.8.7/', ['10.0.0.0/8', 'x, 10.9.8.6/31', '0.0.0.0/0']),
    ...proxied('http://10.9.8.7/', [
      '11.0.0.0/8',
      '10.9.8.0/30',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/x',
      '/8',
      'fd00::/8',
    ]),
    ...excepted('http://[fd00::7]:4318/', ['fd00::/8', 'FD00::/64']),
    ...proxied('http://[fd00::7]:4318/', ['fe00::/8', 'fd00::/129', '10.0.0.0/8']),
    ...proxied('http://c/', ['10.0.0.0/8', 'c/8']),
    ['http://c/', { HTTP_PROXY: P, no_proxy: 'x', NO_PROXY: 'c' }, 'http://p:3128/'],
  ]
  for (const [url, variables, proxy] of rows) {
    test(`${url} with ${JSON.stringify(variables)}: ${proxy ?? 'none'}`, () => {
      const environment = new EnvironmentReader(variables)
      assert.equal(chooseProxy(new URL(url), environment), proxy)
      assert.deepEqual(environment.notices, [])
    })
  }
})

const refused: [value: string, shown: string][] = [
  ['socks5://me:secret@p:1080', 'one that may hold a password'],
  ['http://me:secret@p:99999', 'one that may hold a password'],
  ['socks5://p:1080?key=secret', '"socks5://p:1080"'],
  ['http://', '"http://"'],
]

for (const [value, shown] of refused) {
  test(`HTTP_PROXY=${value} yields a notice that shows ${shown}, and no proxy`, () => {
    const environment = new EnvironmentReader({ HTTP_PROXY: value })
    assert.equal(chooseProxy(new URL('http://c'), environment), undefined)
    assert.deepEqual(environment.notices, [`HTTP_PROXY must be an http or https URL, got ${shown}; using no proxy`])
  })
}

type Row = [url: string, variables: Record<string, string>, proxy: string | undefined]

function excepted(url: string, rules: string[]): Row[] {
  return rules.map(rule => [url, { HTTP_PROXY: P, HTTPS_PROXY: P, NO_PROXY: rule }, undefined])
}

function proxied(url: string, rules: string[]): Row[] {
  return rules.map(rule => [url, { HTTP_PROXY: P, HTTPS_PROXY: P, NO_PROXY: rule }, 'http://p:3128/'])
}
