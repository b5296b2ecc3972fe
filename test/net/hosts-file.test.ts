import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressesInHosts } from '../../src/net/hosts-file.ts'

const HOSTS = [
  '# comment naming collector',
  '10.0.0.1 collector collector.internal # otel',
  '  10.0.0.2\tGateway\r',
  'fe80::1%eth0 collector',
  '::ffff:10.0.0.3 gateway',
  '10.0.0.4 #hidden',
  '10.0.0.5',
  '999.0.0.1 broken',
  'collector 10.0.0.6',
  '10.0.0.7 not-collector',
].join('\n')

const lookups: [hostname: string, addresses: string[]][] = [
  ['collector', ['10.0.0.1', 'fe80::1%eth0']],
  ['collector.internal', ['10.0.0.1']],
  ['Gateway', ['10.0.0.2', '::ffff:10.0.0.3']],
  ['otel', []],
  ['hidden', []],
  ['broken', []],
  ['internal', []],
  ['10.0.0.6', []],
  ['', []],
]

for (const [hostname, addresses] of lookups) {
  test(`the hosts file gives ${JSON.stringify(hostname)} ${addresses.join(', ') || 'nothing'}`, () => {
    const found = addressesInHosts(HOSTS, hostname)
    assert.deepEqual(
      found.map(each => each.address),
      addresses,
    )
    for (const { address, family } of found) assert.equal(family, address.startsWith('10.') ? 4 : 6)
  })
}
