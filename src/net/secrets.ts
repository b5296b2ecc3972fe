const HIDDEN = '[hidden]'
/** Shorter words are hardly secrets, and hiding them would spoil what is said. */
const MIN_SECRET_CHARS = 6

/** Replaces what may be secret in texts from a server, which may repeat the header values and query that it was sent. */
export function secretHider(url: string, headers: Readonly<Record<string, string>>): (text: string) => string {
  const sent = [...Object.values(headers), ...new URL(url).searchParams.values()]
  const secrets = sent.flatMap(value => [value, ...value.split(/\s+/)]).filter(word => word.length >= MIN_SECRET_CHARS)
  // The longest first: one may be part of another.
  secrets.sort((a, b) => b.length - a.length)
  return text => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, HIDDEN), text)
}
