const HIDDEN = '[hidden]'
/** Shorter words are hardly secrets, and hiding them would spoil what is said. */
const MIN_SECRET_CHARS = 6

/** Replaces what may be secret in texts from a server, which may repeat the header values and query that it was sent. */
export function secretHider(url: string, headers: Readonly<Record<string, string>>): (text: string) => string {
  const { search, searchParams } = new URL(url)
  const sent = [...Object.values(headers), ...searchParams.values(), ...search.split(/[?&][^=&]*=?/)]
  const secrets = [...new Set(sent.flatMap(formsOf))].filter(word => word.length >= MIN_SECRET_CHARS)
  // The longest first: one may be part of another.
  secrets.sort((a, b) => b.length - a.length)
  return text => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, HIDDEN), text)
}

/** How a value may be repeated: whole, word by word, decoded where it is RFC 7617's, and each of these as a form has it. */
function formsOf(value: string): string[] {
  const words = [value, ...value.split(/\s+/), ...basicPair(value)]
  return words.flatMap(word => [word, formEncoded(word)])
}

/** User name and password together, and the password. */
function basicPair(header: string): string[] {
  const encoded = /^Basic +(\S+)$/i.exec(header)?.[1]
  if (encoded === undefined) return []
  const pair = Buffer.from(encoded, 'base64').toString()
  return [pair, pair.slice(pair.indexOf(':') + 1)]
}

function formEncoded(word: string): string {
  return String(new URLSearchParams([['', word]])).slice(1)
}
