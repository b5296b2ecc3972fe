import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basicCredentials } from '../../src/net/credentials.ts'

const rows: [url: string, pair: string | undefined][] = [
  ['http://c/', undefined],
  ['http://me:pw@c/x', 'me:pw'],
  ['http://me@c/', 'me:'],
  ['http://:pw@c/', ':pw'],
  ['http://m%40e:p%3Aw@c/', 'm@e:p:w'],
  ['http://me:100%@c/', 'me:100%'],
  ['http://me:pä@c/', 'me:pä'],
]
for (const [url, pair] of rows) {
  test(`${url} logs in as ${pair ?? 'nobody'}`, () => {
    const expected = pair === undefined ? undefined : `Basic ${Buffer.from(pair).toString('base64')}`
    assert.equal(basicCredentials(new URL(url)), expected)
  })
}
