/** Why no token is to be had. Its message is a clause that can be shown: it holds no key, token or other secret. */
export interface CredentialsError extends Error {
  readonly name: 'CredentialsError'
  /** Whether the same request would fail again; what is wrong has to be put right first. */
  readonly isFinal: boolean
}

export function credentialsError(message: string, isFinal: boolean): CredentialsError {
  return Object.assign(new Error(message), { name: 'CredentialsError', isFinal } as const)
}

export function isCredentialsError(error: unknown): error is CredentialsError {
  return error instanceof Error && error.name === 'CredentialsError'
}
