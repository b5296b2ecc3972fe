import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { secretHider } from '../../src/net/secrets.ts'

const HEADERS = { authorization: 'Bearer token-1234', 'x-key': 'key-5678', 'x-tenant': 'acme' }
const hide = secretHider('https://collector.test/v1/traces?api-key=query%2D90ab&region=eu', HEADERS)

describe('of what a server says', () => {
  const rows: [said: string, shown: string][] = [
    ['no such key: key-5678', 'no such key: [hidden]'],
    ['"Bearer token-1234" refused', '"[hidden]" refused'],
    ['token-1234 refused, token-1234!', '[hidden] refused, [hidden]!'],
    ['query-90ab', '[hidden]'],
    // Too short to be secret.
    ['tenant acme in eu is unknown', 'tenant acme in eu is unknown'],
    ['', ''],
  ]
  for (const [said, shown] of rows)
    test(`${said || 'nothing'} becomes ${shown || 'nothing'}`, () => assert.equal(hide(said), shown))
})
