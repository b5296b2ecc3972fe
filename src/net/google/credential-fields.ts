import { credentialsError } from './credentials-error.ts'

/** The fields of a JSON object with credentials. What is wrong is told by file and field, and never by value. */
export class CredentialFields {
  private readonly values: Readonly<Record<string, unknown>>
  /** Begins every message. */
  private readonly place: string
  /** Where in the file the object stands; '' or ends in a dot. */
  private readonly path: string

  constructor(values: object, place: string, path = '') {
    this.values = values as Readonly<Record<string, unknown>>
    this.place = place
    this.path = path
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null
  }

  text(name: string): string {
    const value = this.values[name]
    if (typeof value !== 'string' || value === '') throw this.wrong(name, 'must be a non-empty text')
    return value
  }

  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined
  }

  url(name: string, fallback?: string): string {
    const value = this.has(name) || fallback === undefined ? this.text(name) : fallback
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) throw this.wrong(name, 'must be a URL')
    return value
  }

  object(name: string): CredentialFields {
    const value = this.values[name]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.wrong(name, 'must be an object')
    }
    return new CredentialFields(value, this.place, `${this.path}${name}.`)
  }

  texts(name: string): readonly string[] {
    const value = this.has(name) ? this.values[name] : []
    if (!Array.isArray(value) || value.some(each => typeof each !== 'string')) {
      throw this.wrong(name, 'must be a list of texts')
    }
    return value
  }

  /** A whole number of seconds. */
  seconds(name: string, fallback: number): number {
    const value = this.has(name) ? this.values[name] : fallback
    if (!Number.isSafeInteger(value) || (value as number) < 1) throw this.wrong(name, 'must be a number of seconds')
    return value as number
  }

  /** An object whose values are texts. */
  textRecord(name: string): Readonly<Record<string, string>> {
    if (!this.has(name)) return {}
    const entries = Object.entries(this.object(name).values)
    if (entries.some(([, value]) => typeof value !== 'string')) throw this.wrong(name, 'must hold texts only')
    return Object.fromEntries(entries) as Record<string, string>
  }

  /** The error that names the field and says what it has to be. */
  wrong(name: string, expected: string): Error {
    return credentialsError(`${this.place}: ${this.path}${name} ${expected}`, true)
  }
}
