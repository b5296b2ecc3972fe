import { describe } from '../wording.ts'

export const EXPECTED_URL: string = 'an http or https URL'

/** Undefined unless it is an http or https URL with a host. A fragment is dropped. */
export function parseHttpUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  url.hash = ''
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}

/** As `parseHttpUrl`; a text without a scheme, such as host:port, is taken for http. */
export function parseHttpAddress(text: string): URL | undefined {
  return parseHttpUrl(text) ?? (text.includes('://') ? undefined : parseHttpUrl(`http://${text}`))
}

/** A refused address as a message may show it: its query may be a secret, and so may anything beside an '@'. */
export function describeAddress(text: string): string {
  return text.includes('@') ? 'one that may hold a password' : describe(text.split(/[?#]/, 1)[0])
}
