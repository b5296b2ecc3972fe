import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sendAuthorised } from '../../src/net/authorization.ts'
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
        close: async () => {},
      }
      const send = async ({ authorization = '' }): Promise<HttpReply> => {
        sent.push(authorization)
        return { status: statuses[sent.length - 1]!, headers: {}, body: new Uint8Array() }
      }
      const reply = await sendAuthorised(authorization, send, new AbortController().signal)
      assert.equal(reply.status, statuses.at(-1))
      assert.deepEqual([sent, told], [sentWith, refused])
    })
  }
})
