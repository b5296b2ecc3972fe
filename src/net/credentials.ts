/** What a URL's user name and password make of an Authorization header; undefined where it has neither. */
export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  return basicAuthorization(percentDecode(username), percentDecode(password))
}

/** RFC 7617. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** A password with a bare percent sign stays as it is. */
function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
