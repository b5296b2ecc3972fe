import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { basicAuthorization } from '../../src/net/credentials.ts'
import { secretHider } from '../../src/net/secrets.ts'

const HEADERS = { authorization: 'Bearer token-1234', 'x-key': 'key-5678', 'x-tenant': 'acme', 'x-path': '1//0ab+cd=' }
const hide = secretHider('https://collector.test/v1/traces?api-key=query%2D90ab&region=eu&bare', HEADERS)
const hideLogin = secretHider('https://collector.test/', { authorization: basicAuthorization('me', 'hunter22') })

describe('of what a server says', () => {
  const rows: [said: string, shown: string][] = [
    ['no such key: key-5678', 'no such key: [hidden]'],
    ['"Bearer token-1234" refused', '"[hidden]" refused'],
    ['token-1234 refused, token-1234!', '[hidden] refused, [hidden]!'],
    ['query-90ab', '[hidden]'],
    ['api-key=query%2D90ab&region=eu&bare', 'api-key=[hidden]&region=eu&bare'],
    ['path=1%2F%2F0ab%2Bcd%3D&n=1', 'path=[hidden]&n=1'],
    // Too short to be secret.
    ['tenant acme in eu is unknown', 'tenant acme in eu is unknown'],
    ['', ''],
  ]
  for (const [said, shown] of rows)
    test(`${said || 'nothing'} becomes ${shown || 'nothing'}`, () => assert.equal(hide(said), shown))

  test('a password is hidden in every form that it has in a login', () => {
    const said = `${basicAuthorization('me', 'hunter22')}, me:hunter22, password=hunter22, me`
    assert.equal(hideLogin(said), '[hidden], [hidden], password=[hidden], me')
  })
})
