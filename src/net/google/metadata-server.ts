import type { HttpReply } from '../exchange.ts'
import { printableUrl } from '../printable.ts'
import { credentialsError } from './credentials-error.ts'
import type { CredentialRequests } from './requests.ts'
import type { TokenSource } from './token.ts'
import { readToken } from './token-reply.ts'

/** It answers in milliseconds where it is there, and elsewhere its address leads nowhere. */
const TIMEOUT_MS = 2_500
const HINTS = { 404: 'is a service account attached to this machine?' }

/** The account that is attached to the machine, or to the pod, as the metadata server of Google's clouds tells. */
export function metadataServer(origin: string, requests: CredentialRequests, nowMs: () => number): TokenSource {
  return {
    account: undefined,
    projectId: undefined,
    quotaProjectId: undefined,
    async fetchToken(scopes) {
      const path = 'instance/service-accounts/default/token'
      const url = `${origin}/computeMetadata/v1/${path}?scopes=${encodeURIComponent(scopes.join())}`
      const reply = await ask(url, requests)
      return readToken(reply, { url, secrets: [], hints: HINTS }, nowMs())
    },
  }
}

/** The project in which the machine runs; undefined where there is no metadata server, or it does not know. */
export async function metadataProjectId(origin: string, requests: CredentialRequests): Promise<string | undefined> {
  try {
    const { status, body } = await ask(`${origin}/computeMetadata/v1/project/project-id`, requests)
    return status === 200 ? Buffer.from(body).toString().trim() || undefined : undefined
  } catch {
    return undefined
  }
}

/** Only the true one answers with the header that it is asked with: whatever else has this address is not believed. */
async function ask(url: string, requests: CredentialRequests): Promise<HttpReply> {
  const limits = { timeoutMs: TIMEOUT_MS, direct: true }
  const reply = await requests.get(url, { 'metadata-flavor': 'Google' }, limits)
  if (reply.headers['metadata-flavor'] === 'Google') return reply
  throw credentialsError(`${printableUrl(url)}: what answers is not Google's metadata server`, false)
}
