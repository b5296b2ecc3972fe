import assert from 'node:assert/strict'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { after, before, describe, test } from 'node:test'
import { createNameLookup, type NameLookup } from '../../src/net/lookup.ts'
import { startDnsServer } from '../support/dns-server.ts'
import { listen } from '../support/http-server.ts'

const ZONE = {
  'both.test': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8:0:0:0:0:0:1'] },
  'four.test': { A: ['192.0.2.4'], AAAA: [] },
  'six.test': { A: [], AAAA: ['2001:db8:0:0:0:0:0:6'] },
  'half-silent.test': { A: ['192.0.2.5'], AAAA: 'silence' },
  'silent.test': { A: 'silence', AAAA: 'silence' },
  'empty-and-silent.test': { A: [], AAAA: 'silence' },
} as const

let folder: string
let hostsFile: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hosts-'))
  hostsFile = join(folder, 'hosts')
  writeFileSync(hostsFile, '192.0.2.77 listed.test\n')
})
after(() => rmSync(folder, { recursive: true }))

function ask(names: NameLookup, hostname: string, options: LookupOptions = {}): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    names.lookup(hostname, options, (error, found, family) => {
      if (error) reject(error)
      else resolve(typeof found === 'string' ? [{ address: found, family: family! }] : found)
    })
  })
}

const answers: [hostname: string, options: LookupOptions, addresses: string[], questions: number][] = [
  ['192.0.2.9', { all: true }, ['192.0.2.9'], 0],
  ['2001:db8::9', {}, ['2001:db8::9'], 0],
  ['localhost', { all: true }, ['127.0.0.1', '::1'], 0],
  ['localhost', {}, ['127.0.0.1'], 0],
  ['localhost', { family: 6 }, ['::1'], 0],
  ['listed.test', { all: true }, ['192.0.2.77'], 0],
  ['both.test', { all: true }, ['192.0.2.1', '192.0.2.2', '2001:db8::1'], 2],
  ['both.test', {}, ['192.0.2.1'], 2],
  ['both.test', { family: 4, all: true }, ['192.0.2.1', '192.0.2.2'], 1],
  ['both.test', { family: 'IPv6' as never, all: true }, ['2001:db8::1'], 1],
  ['four.test', { all: true }, ['192.0.2.4'], 2],
  ['six.test', { all: true }, ['2001:db8::6'], 2],
]

for (const [hostname, options, addresses, questions] of answers) {
  test(`${hostname} ${JSON.stringify(options)} is ${addresses.join(', ')} after ${questions} questions`, async t => {
    const server = await startDnsServer(t, ZONE)
    const names = createNameLookup({ hostsFile, servers: [server.address] })
    const found = await ask(names, hostname, options)
    assert.deepEqual(
      found.map(({ address }) => address),
      addresses,
    )
    for (const { address, family } of found) assert.equal(family, address.includes(':') ? 6 : 4)
    assert.equal(server.questions.length, questions)
  })
}

test('an address family that DNS does not answer for is not waited for', async t => {
  const server = await startDnsServer(t, ZONE)
  const names = createNameLookup({ hostsFile, servers: [server.address], timeoutMs: 10_000 })
  const start = performance.now()
  assert.deepEqual(await ask(names, 'half-silent.test', { all: true }), [{ address: '192.0.2.5', family: 4 }])
  assert.ok(performance.now() - start < 2_000)
})

test('a change of the hosts file is seen', async t => {
  const server = await startDnsServer(t, {})
  const file = join(folder, 'changing')
  const names = createNameLookup({ hostsFile: file, servers: [server.address] })
  await assert.rejects(ask(names, 'moving.invalid'))
  writeFileSync(file, '192.0.2.88 moving.invalid')
  assert.deepEqual(await ask(names, 'moving.invalid'), [{ address: '192.0.2.88', family: 4 }])
})

describe('what DNS does not know', () => {
  const failures: [hostname: string, code: RegExp, syscall: RegExp, why: string][] = [
    ['nothing.invalid', /^(ENOTFOUND|EAI_AGAIN)$/, /^getaddrinfo$/, 'the system has been asked as well'],
    ['silent.test', /^ETIMEOUT$/, /^query/, 'a server that does not answer ends it'],
    ['empty-and-silent.test', /^ETIMEOUT$/, /^query/, 'half an answer is none'],
  ]

  for (const [hostname, code, syscall, why] of failures) {
    test(`${hostname} fails with ${code.source}: ${why}`, async t => {
      const server = await startDnsServer(t, ZONE)
      const names = createNameLookup({ hostsFile, servers: [server.address], timeoutMs: 200, tries: 1 })
      await assert.rejects(ask(names, hostname, { all: true }), { code, syscall })
    })
  }
})

test('close ends the queries under way, without the system being asked', async t => {
  const server = await startDnsServer(t, ZONE)
  const names = createNameLookup({ hostsFile, servers: [server.address], timeoutMs: 60_000 })
  const asking = ask(names, 'silent.test')
  names.close()
  await assert.rejects(asking, { code: 'ECANCELLED', syscall: /^query/ })
})

test('net.connect takes it, with every address tried', async t => {
  const port = await listen(t, createServer())
  const names = createNameLookup({ hostsFile })
  const socket = connect({ host: 'localhost', port, lookup: names.lookup, autoSelectFamily: true })
  await once(socket, 'connect')
  assert.equal(socket.remoteAddress, '127.0.0.1')
  socket.destroy()
})
