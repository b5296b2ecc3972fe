import type { GoogleConfig } from '../../types/config.ts'
import type { Credentials } from '../authorization.ts'
import { secretHider } from '../secrets.ts'
import { credentialsError, isCredentialsError } from './credentials-error.ts'
import { gcloudFile, readCredentialsFile } from './credentials-file.ts'
import { metadataProjectId, metadataServer } from './metadata-server.ts'
import { createRequests } from './requests.ts'
import type { AccessToken, TokenSource } from './token.ts'
import { TokenCache } from './token-cache.ts'
import { createTokenSource } from './token-source.ts'

/** Requests that are under way together may have been sent with as many tokens. */
const MAX_KEPT_TOKENS = 4

/** Google's Application Default Credentials: whoever they are, found in the usual places and kept fresh. */
export interface GoogleCredentials extends Credentials {
  /** The account that is spoken for, for messages; undefined while or where it is not known. */
  readonly account: string | undefined
  /** The project of the credentials, else the one in which the machine runs. Rejects with a `CredentialsError`. */
  projectId(signal: AbortSignal): Promise<string | undefined>
  close(): Promise<void>
}

/** Reads and asks nothing before it is used. `nowMs` is the time since the epoch. */
export function createGoogleCredentials(
  config: GoogleConfig,
  scopes: readonly string[],
  nowMs: () => number = Date.now,
): GoogleCredentials {
  const requests = createRequests(config.proxies)
  const cache = new TokenCache(fetchToken, nowMs)
  const given: string[] = []
  let source: TokenSource | undefined
  let project: Promise<string | undefined> | undefined

  function findSource(): TokenSource {
    const fields = readCredentialsFile(config)
    if (fields !== undefined) return createTokenSource(fields, requests, nowMs)
    return orNothingFound(metadataServer(config.metadataUrl, requests, nowMs), config)
  }

  async function fetchToken(): Promise<AccessToken> {
    source ??= findSource()
    try {
      return await source.fetchToken(scopes)
    } catch (error) {
      // Keys are replaced where they lie: the next attempt reads what is there then.
      source = undefined
      throw error
    }
  }

  async function findProjectId(): Promise<string | undefined> {
    source ??= findSource()
    return source.projectId ?? (await metadataProjectId(config.metadataUrl, requests))
  }

  /** What was not found, since the machine was about to start perhaps, is looked for again. */
  async function keepProjectId(): Promise<string | undefined> {
    const found = await findProjectId().catch(error => {
      project = undefined
      throw error
    })
    if (found === undefined) project = undefined
    return found
  }

  function remember(token: string): void {
    if (given.includes(token)) return
    given.push(token)
    if (given.length > MAX_KEPT_TOKENS) given.shift()
  }

  return {
    get account() {
      return source?.account
    },
    async headers(signal) {
      const token = await unlessAborted(cache.take(), signal)
      remember(token)
      const quotaProjectId = config.quotaProjectId ?? source?.quotaProjectId
      const authorization = `Bearer ${token}`
      return quotaProjectId === undefined ? { authorization } : { authorization, 'x-goog-user-project': quotaProjectId }
    },
    refused: ({ authorization = '' }) => cache.forget(authorization.replace('Bearer ', '')),
    hideSecrets: text => secretHider(config.metadataUrl, Object.fromEntries(given.entries()))(text),
    projectId(signal) {
      project ??= keepProjectId()
      return unlessAborted(project, signal)
    },
    close: () => requests.close(),
  }
}

/** Where nothing names credentials, an unreachable metadata server only means that there are none. */
function orNothingFound(source: TokenSource, config: GoogleConfig): TokenSource {
  return {
    ...source,
    async fetchToken(scopes) {
      try {
        return await source.fetchToken(scopes)
      } catch (error) {
        if (!isCredentialsError(error) || error.isFinal) throw error
        const places = `GOOGLE_APPLICATION_CREDENTIALS is not set, ${gcloudFile(config)} does not exist`
        const rest = `and the metadata server does not help: ${error.message}`
        throw credentialsError(`no Google credentials found: ${places}, ${rest}`, false)
      }
    },
  }
}

/** What is under way goes on for others who wait for it. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(credentialsError('no access token came before the request was given up', false))
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
