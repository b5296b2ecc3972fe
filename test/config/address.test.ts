import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeAddress, parseHttpAddress, parseHttpUrl } from '../../src/config/address.ts'

describe('as URL and as address', () => {
  const rows: [text: string, url: string | undefined, address: string | undefined][] = [
    ['http://c', 'http://c/', 'http://c/'],
    ['https://c/x#part', 'https://c/x', 'https://c/x'],
    ['http:/me:pw@c', 'http://me:pw@c/', 'http://me:pw@c/'],
    ['c', undefined, 'http://c/'],
    ['c:4318/x', undefined, 'http://c:4318/x'],
    ['me:pw@c:4318', undefined, 'http://me:pw@c:4318/'],
    ['[::1]:4318', undefined, 'http://[::1]:4318/'],
    ['ftp://c', undefined, undefined],
    ['http://', undefined, undefined],
    ['c:99999', undefined, undefined],
    ['', undefined, undefined],
  ]
  for (const [text, url, address] of rows) {
    test(`${JSON.stringify(text)} is ${url ?? 'none'} and ${address ?? 'none'}`, () => {
      assert.deepEqual([parseHttpUrl(text)?.href, parseHttpAddress(text)?.href], [url, address])
    })
  }
})

describe('a refused address', () => {
  const rows = [
    ['ftp://c:21/x', '"ftp://c:21/x"'],
    ['ftp://c?key=secret', '"ftp://c"'],
    ['ftp://c#secret', '"ftp://c"'],
    ['ftp://me:secret@c', 'one that may hold a password'],
    ['http://me:se?cret@c', 'one that may hold a password'],
    ['ftp://c/?mail=me@c', 'one that may hold a password'],
  ] as const
  for (const [text, shown] of rows) {
    test(`${text} is shown as ${shown}`, () => assert.equal(describeAddress(text), shown))
  }
})
