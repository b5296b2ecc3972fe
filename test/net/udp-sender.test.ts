import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { createNameLookup } from '../../src/net/lookup.ts'
import { createUdpSender, isTooLong, type UdpSender } from '../../src/net/udp-sender.ts'
import { type DnsZone, startDnsServer } from '../support/dns-server.ts'
import { closedUdpPort, startUdpReceiver } from '../support/udp-receiver.ts'

const HI = [Buffer.from('h'), Buffer.from('i')]
const hasIpv6 = Object.values(networkInterfaces()).some(each => each?.some(({ address }) => address === '::1'))

// A sender by itself holds no event loop.
let hold: NodeJS.Timeout
before(() => {
  hold = setInterval(() => {}, 1_000)
})
after(() => clearInterval(hold))

/** Ends with the test. */
function senderTo(
  t: { after(fn: () => void): void },
  host: string,
  port: number,
  names = createNameLookup(),
): UdpSender {
  const sender = createUdpSender({ host, port, names })
  t.after(() => sender.close())
  return sender
}

for (const host of ['127.0.0.1', 'localhost']) {
  test(`parts arrive at ${host} as one datagram, in the order of the calls`, async t => {
    const receiver = await startUdpReceiver(t)
    const sender = senderTo(t, host, receiver.port)
    await Promise.all([sender.send(HI), sender.send([Buffer.from('you')]), sender.send([])])
    await receiver.received(3)
    assert.deepEqual(receiver.datagrams.map(String), ['hi', 'you', ''])
  })
}

test('an IPv6 address', { skip: hasIpv6 ? false : 'there is no IPv6' }, async t => {
  const receiver = await startUdpReceiver(t, '::1')
  await senderTo(t, '::1', receiver.port).send(HI)
  await receiver.received(1)
})

test('65,507 bytes go out', async t => {
  const receiver = await startUdpReceiver(t)
  await senderTo(t, '127.0.0.1', receiver.port).send([Buffer.alloc(65_507)])
  await receiver.received(1)
  assert.equal(receiver.datagrams[0]!.length, 65_507)
})

test('between datagrams the receiver is given time to read', async t => {
  const receiver = await startUdpReceiver(t)
  const sender = senderTo(t, '127.0.0.1', receiver.port)
  const start = performance.now()
  for (let i = 0; i < 6; i++) await sender.send(HI)
  // Five gaps of 5 ms; timers may be early by less than a millisecond.
  assert.ok(performance.now() - start >= 20)
})

describe('an error comes out of send, and the next call begins anew:', () => {
  test('65,508 bytes are too many', async t => {
    const receiver = await startUdpReceiver(t)
    const sender = senderTo(t, '127.0.0.1', receiver.port)
    await assert.rejects(sender.send([Buffer.alloc(65_508)]), error => isTooLong(error))
    await sender.send(HI)
    await receiver.received(1)
  })

  test('a port on which nobody listens refuses the first datagram already, and each one after it', async t => {
    const port = await closedUdpPort(t)
    const sender = senderTo(t, '127.0.0.1', port)
    for (let i = 0; i < 3; i++) await assert.rejects(sender.send(HI), { code: 'ECONNREFUSED' })
    const receiver = await startUdpReceiver(t, '127.0.0.1', port)
    await sender.send(HI)
    await receiver.received(1)
    assert.deepEqual(receiver.datagrams.map(String), ['hi'])
  })

  test('a receiver that goes away', async t => {
    const receiver = await startUdpReceiver(t)
    const sender = senderTo(t, '127.0.0.1', receiver.port)
    await sender.send(HI)
    receiver.close()
    await assert.rejects(sender.send(HI), { code: 'ECONNREFUSED' })
  })

  test('a name that does not exist', async t => {
    await assert.rejects(senderTo(t, 'nowhere.invalid', 6831).send(HI), { syscall: 'getaddrinfo' })
  })

  test('a name that DNS does not answer for, until it does', async t => {
    const receiver = await startUdpReceiver(t)
    const zone: { 'agent.test': DnsZone[string] } = { 'agent.test': { A: 'silence', AAAA: 'silence' } }
    const dns = await startDnsServer(t, zone)
    const names = createNameLookup({ servers: [dns.address], timeoutMs: 100, tries: 1 })
    const sender = senderTo(t, 'agent.test', receiver.port, names)
    await assert.rejects(sender.send(HI), { code: 'ETIMEOUT' })
    zone['agent.test'] = { A: ['127.0.0.1'], AAAA: [] }
    await sender.send(HI)
    await receiver.received(1)
  })
})

describe('close', () => {
  test('fails what comes after it and what waits, without a lookup that goes on', async t => {
    const dns = await startDnsServer(t, { 'silent.test': { A: 'silence', AAAA: 'silence' } })
    const names = createNameLookup({ servers: [dns.address], timeoutMs: 60_000 })
    const sender = senderTo(t, 'silent.test', 6831, names)
    const sending = sender.send(HI)
    const waiting = sender.send(HI)
    setImmediate(() => sender.close())
    await assert.rejects(sending)
    await assert.rejects(waiting, /closed/)
    await assert.rejects(sender.send(HI), /closed/)
  })

  test('twice is no trouble', async t => {
    const receiver = await startUdpReceiver(t)
    const sender = senderTo(t, '127.0.0.1', receiver.port)
    await sender.send(HI)
    sender.close()
    sender.close()
  })
})

test('an open socket holds no process', () => {
  const module = new URL('../../src/net/udp-sender.ts', import.meta.url).href
  const program = `
    import { createUdpSender } from '${module}'
    const sender = createUdpSender({ host: '127.0.0.1', port: 9 })
    await new Promise(resolve => setTimeout(resolve, 50, sender.send([Buffer.from('x')]).catch(() => {})))
  `
  const { status, signal } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    timeout: 20_000,
  })
  assert.deepEqual([status, signal], [0, null])
})
