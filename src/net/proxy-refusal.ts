/** A proxy that answers in place of the server: it does not connect, or wants credentials. */
export interface ProxyRefusal extends Error {
  readonly name: 'ProxyRefusal'
  /** Of HTTP. */
  readonly status: number
}

export function proxyRefusal(status: number): ProxyRefusal {
  return Object.assign(new Error(`the proxy refused (HTTP ${status})`), { name: 'ProxyRefusal', status } as const)
}

export function isProxyRefusal(error: unknown): error is ProxyRefusal {
  return error instanceof Error && error.name === 'ProxyRefusal'
}
