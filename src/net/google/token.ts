/** An OAuth 2.0 access token. */
export interface AccessToken {
  readonly value: string
  /** Milliseconds since the epoch, on this machine's clock. */
  readonly expiresAtMs: number
}

/** Where tokens come from: one account, in one of the ways that Google knows. */
export interface TokenSource {
  /** Whom the tokens speak for, as messages name it; undefined where that is not known. */
  readonly account: string | undefined
  /** The project of the credentials themselves. */
  readonly projectId: string | undefined
  /** The project that quotas are charged to. */
  readonly quotaProjectId: string | undefined
  /** Asks for a new token. Rejects with a `CredentialsError`. */
  fetchToken(scopes: readonly string[]): Promise<AccessToken>
}

/** For writing traces, by Cloud Trace's own API and by OTLP. */
export const TRACE_SCOPE = 'https://www.googleapis.com/auth/trace.append'
/** For what only asks for tokens of other accounts. */
export const CLOUD_PLATFORM_SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
