/** What a URL's user name and password make of an Authorization header; undefined where it has neither. */
export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const pair = `${percentDecode(username)}:${percentDecode(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** A password with a bare percent sign stays as it is. */
function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
