import type { GoogleServiceConfig } from '../config/remote-queues.ts'
import { sendAuthorised } from '../net/authorization.ts'
import { createGoogleCredentials, type GoogleCredentials } from '../net/google/credentials.ts'
import { proxyFor } from '../net/no-proxy.ts'
import { type Budget, persist, withinBudget } from './budget.ts'
import {
  type Refusal,
  type ServiceRoute,
  type ServiceWords,
  troubleOfFailure,
  troubleOfRefusal,
} from './google-trouble.ts'

type Headers = Readonly<Record<string, string>>

/** One of Google's services as requests see it: with credentials, except on an emulator, and with attempts that are repeated. */
export class GoogleService {
  readonly route: ServiceRoute
  private readonly credentials: GoogleCredentials | undefined
  private readonly operationTimeoutMs: number

  constructor(config: GoogleServiceConfig, protocol: ServiceRoute['protocol'], scope: string) {
    const { origin, emulatedBy, google } = config
    this.route = { origin, proxy: proxyFor(new URL(origin), google.proxies), emulatedBy, protocol }
    this.credentials = emulatedBy === undefined ? createGoogleCredentials(google, [scope]) : undefined
    this.operationTimeoutMs = config.operationTimeoutMs
  }

  /** Works within the time for one operation, or for less. */
  within<T>(work: (budget: Budget) => Promise<T>, maxMs: number = Number.POSITIVE_INFINITY): Promise<T> {
    return withinBudget(Math.min(this.operationTimeoutMs, maxMs), work)
  }

  /**
   * Sends until there is an answer in which `refusalIn` sees none. Rejects with a `RemoteTrouble` that `words` go into.
   */
  call<Reply>(
    words: ServiceWords,
    send: (headers: Headers) => Promise<Reply>,
    refusalIn: (reply: Reply) => Refusal | undefined,
    budget: Budget,
  ): Promise<Reply> {
    const isUnauthenticated = (reply: Reply) => refusalIn(reply)?.cause === 'UNAUTHENTICATED'
    return persist(budget, async () => {
      let reply: Reply
      try {
        reply = await sendAuthorised(this.credentials, send, isUnauthenticated, budget.signal)
      } catch (error) {
        throw troubleOfFailure(error, words, this.route)
      }
      const refusal = refusalIn(reply)
      if (refusal === undefined) return reply
      const said = this.credentials?.hideSecrets(refusal.said) ?? refusal.said
      throw troubleOfRefusal({ ...refusal, said }, words, this.credentials?.account)
    })
  }

  /** Of the credentials; undefined on an emulator and where they know none. */
  async projectId({ signal }: Budget): Promise<string | undefined> {
    return this.credentials?.projectId(signal)
  }

  async close(): Promise<void> {
    await this.credentials?.close()
  }
}
