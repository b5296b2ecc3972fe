import type { AccessToken } from './token.ts'

/** Google's own libraries renew this long before a token expires, too. */
const RENEW_BEFORE_MS = 300_000
/** A token that is this near to its end may expire on its way. */
const UNUSABLE_BEFORE_MS = 10_000
/** After a renewal that failed while the old token still serves. */
const RENEW_AGAIN_MS = 10_000

/**
 * Keeps one token and renews it before it expires: five minutes before, or at half of its life where that is shorter. While the old
 * one serves nobody waits for the new one, and however many ask, one request is under way.
 */
export class TokenCache {
  private readonly fetchToken: () => Promise<AccessToken>
  private readonly nowMs: () => number
  private token: AccessToken | undefined
  private renewAtMs = 0
  private renewal: Promise<AccessToken> | undefined

  constructor(fetchToken: () => Promise<AccessToken>, nowMs: () => number) {
    this.fetchToken = fetchToken
    this.nowMs = nowMs
  }

  async take(): Promise<string> {
    const now = this.nowMs()
    const { token } = this
    if (token === undefined || now >= token.expiresAtMs - UNUSABLE_BEFORE_MS) return (await this.renew()).value
    if (now >= this.renewAtMs) this.renewAhead(now)
    return token.value
  }

  /** The backend has refused the token: it is not given out again. A newer one stays. */
  forget(value: string): void {
    if (this.token?.value === value) this.token = undefined
  }

  private renewAhead(nowMs: number): void {
    this.renewAtMs = nowMs + RENEW_AGAIN_MS
    // A failure is told to those who ask once the old token no longer serves.
    this.renew().catch(() => {})
  }

  private renew(): Promise<AccessToken> {
    this.renewal ??= this.replace().finally(() => {
      this.renewal = undefined
    })
    return this.renewal
  }

  private async replace(): Promise<AccessToken> {
    const token = await this.fetchToken()
    const now = this.nowMs()
    const lifeMs = token.expiresAtMs - now
    this.token = token
    this.renewAtMs = now + Math.max(lifeMs - RENEW_BEFORE_MS, lifeMs / 2)
    return token
  }
}
