import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isUnauthorized, sendAuthorised } from '../../src/net/authorization.ts'
import type { HttpReply } from '../../src/net/exchange.ts'

describe('a request with credentials that expire, answered', () => {
  const rows: readonly [statuses: readonly number[], sentWith: readonly string[], refused: readonly string[]][] = [
    [[200], ['a'], []],
    [[403], ['a'], []],
    [[503], ['a'], []],
    [[401, 200], ['a', 'b'], ['a']],
    [[401, 401], ['a', 'b'], ['a']],
    [[401, 503], ['a', 'b'], ['a']],
  ]
  for (const [statuses, sentWith, refused] of rows) {
    test(`${statuses.join(' and then ')} is sent with ${sentWith.join(' and then ')}`, async () => {
      const given = ['a', 'b', 'c'].values()
      const told: string[] = []
      const sent: string[] = []
      const authorization = {
        headers: async () => ({ authorization: given.next().value! }),
        refused: ({ authorization = '' }) => void told.push(authorization),
      }
      const send = async ({ authorization = '' }): Promise<HttpReply> => {
        sent.push(authorization)
        return { status: statuses[sent.length - 1]!, headers: {}, body: new Uint8Array() }
      }
      const reply = await sendAuthorised(authorization, send, isUnauthorized, new AbortController().signal)
      assert.equal(reply.status, statuses.at(-1))
      assert.deepEqual([sent, told], [sentWith, refused])
    })
  }

  test('without credentials is sent once and as it is', async () => {
    const reply = { status: 401, headers: {}, body: new Uint8Array() }
    const sent: object[] = []
    const send = async (headers: object): Promise<HttpReply> => {
      sent.push(headers)
      return reply
    }
    assert.equal(await sendAuthorised(undefined, send, isUnauthorized, new AbortController().signal), reply)
    assert.deepEqual(sent, [{}])
  })
})
