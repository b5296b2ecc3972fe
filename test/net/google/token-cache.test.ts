import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccessToken } from '../../../src/net/google/token.ts'
import { TokenCache } from '../../../src/net/google/token-cache.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A cache on a clock that is moved by hand, and a server that answers when it is told to. */
class Harness {
  nowMs = 1_000_000
  lifeMs = HOUR
  fetched = 0
  readonly waiting: { resolve(token: AccessToken): void; reject(error: Error): void }[] = []
  readonly cache: TokenCache

  constructor() {
    const fetchToken = (): Promise<AccessToken> => {
      this.fetched++
      return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
    }
    this.cache = new TokenCache(fetchToken, () => this.nowMs)
  }

  async serve(): Promise<void> {
    const token = { value: `token ${this.fetched}`, expiresAtMs: this.nowMs + this.lifeMs }
    for (const { resolve } of this.waiting.splice(0)) resolve(token)
    await settled()
  }

  async refuse(): Promise<void> {
    for (const { reject } of this.waiting.splice(0)) reject(new Error('refused'))
    await settled()
  }

  async taken(): Promise<string> {
    const token = this.cache.take()
    await settled()
    await this.serve()
    return await token
  }
}

function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

test('one request serves all who ask meanwhile, and those who ask later', async () => {
  const harness = new Harness()
  const asking = Promise.all(Array.from({ length: 16 }, () => harness.cache.take()))
  await settled()
  await harness.serve()
  assert.deepEqual([...new Set(await asking)], ['token 1'])
  assert.equal(await harness.cache.take(), 'token 1')
  assert.equal(harness.fetched, 1)
})

describe('a token that lasts', () => {
  const rows: readonly [lifeMs: number, ageMs: number, given: string, fetched: number][] = [
    [HOUR, 54 * MINUTE, 'token 1', 1],
    [HOUR, 55 * MINUTE, 'token 1', 2],
    [HOUR, 59 * MINUTE, 'token 1', 2],
    [HOUR, HOUR - 10_000, 'token 2', 2],
    [HOUR, 2 * HOUR, 'token 2', 2],
    // The metadata server hands out what it has, which may be near its end.
    [4 * MINUTE, 1 * MINUTE, 'token 1', 1],
    [4 * MINUTE, 2 * MINUTE, 'token 1', 2],
    [20_000, 9_000, 'token 1', 1],
    [20_000, 10_000, 'token 2', 2],
    [5_000, 0, 'token 2', 2],
  ]
  for (const [lifeMs, ageMs, given, fetched] of rows) {
    test(`${lifeMs / 1000} s is after ${ageMs / 1000} s ${given}, with ${fetched} fetched`, async () => {
      const harness = new Harness()
      harness.lifeMs = lifeMs
      await harness.taken()
      harness.nowMs += ageMs
      assert.equal(await harness.taken(), given)
      assert.equal(harness.fetched, fetched)
    })
  }
})

test('while the old token serves, nobody waits for the new one', async () => {
  const harness = new Harness()
  await harness.taken()
  harness.nowMs += 56 * MINUTE
  assert.equal(await harness.cache.take(), 'token 1')
  assert.equal(harness.fetched, 2)
  await harness.serve()
  assert.equal(await harness.cache.take(), 'token 2')
  assert.equal(harness.fetched, 2)
})

test('a renewal that fails is tried again after 10 s while the old token serves, and told when it does not', async () => {
  const harness = new Harness()
  await harness.taken()
  harness.nowMs += 56 * MINUTE
  assert.equal(await harness.cache.take(), 'token 1')
  await harness.refuse()
  assert.equal(await harness.cache.take(), 'token 1')
  assert.equal(harness.fetched, 2)
  harness.nowMs += 10_000
  assert.equal(await harness.cache.take(), 'token 1')
  assert.equal(harness.fetched, 3)
  await harness.refuse()
  harness.nowMs += 4 * MINUTE
  const late = assert.rejects(harness.cache.take(), /refused/)
  await settled()
  await harness.refuse()
  await late
  assert.equal(await harness.taken(), 'token 5')
})

test('a token that was refused is replaced once, however many were sent with it', async () => {
  const harness = new Harness()
  await harness.taken()
  for (let i = 0; i < 3; i++) harness.cache.forget('token 1')
  assert.equal(await harness.taken(), 'token 2')
  harness.cache.forget('token 1')
  assert.equal(await harness.cache.take(), 'token 2')
  assert.equal(harness.fetched, 2)
})
