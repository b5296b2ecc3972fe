import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { GoogleConfig } from '../../types/config.ts'
import { printableText } from '../printable.ts'
import { CredentialFields } from './credential-fields.ts'
import { credentialsError } from './credentials-error.ts'

const FILE_NAME = 'application_default_credentials.json'
/** Key files have 2 to 3 KB. */
const MAX_BYTES = 1_048_576
const MAX_PATH_CHARS = 200

/**
 * The credentials file that the configuration names, else the one that gcloud has left; undefined where there is none. Throws a
 * `CredentialsError` where a file is named or there and cannot be used.
 */
export function readCredentialsFile(config: GoogleConfig): CredentialFields | undefined {
  const { credentialsFile, namedBy } = config
  if (credentialsFile === undefined) return readFields(gcloudFile(config), 'credentials file', true)
  // Whoever gives the content in place of the path gives a key, which must not be shown.
  if (/[{}]|-----BEGIN/.test(credentialsFile)) {
    throw credentialsError(`${namedBy} must be the path of a credentials file, and it is its content`, true)
  }
  return readFields(credentialsFile, `${namedBy}: credentials file`, false)
}

/** Where `gcloud auth application-default login` puts what it gets. */
export function gcloudFile({ gcloudFolder }: GoogleConfig): string {
  if (gcloudFolder !== undefined) return join(gcloudFolder, FILE_NAME)
  const settings = process.platform === 'win32' ? ['AppData', 'Roaming'] : ['.config']
  return join(homeFolder(), ...settings, 'gcloud', FILE_NAME)
}

/** '' where the user has none, as in some containers. */
function homeFolder(): string {
  try {
    return homedir()
  } catch {
    return ''
  }
}

function readFields(file: string, what: string, mayBeMissing: boolean): CredentialFields | undefined {
  const place = `${what} ${printableText(file, MAX_PATH_CHARS)}`
  const json = readText(file, place, mayBeMissing)
  if (json === undefined) return undefined
  const value = parseJson(json)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new CredentialFields(value, place)
  throw credentialsError(`${place} is no JSON object; is it a file of Google's, and whole?`, true)
}

function readText(file: string, place: string, mayBeMissing: boolean): string | undefined {
  try {
    const stats = statSync(file)
    if (!stats.isFile() || stats.size > MAX_BYTES) throw credentialsError(`${place} is no file of at most 1 MiB`, true)
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    if (mayBeMissing && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    throw credentialsError(`${place} cannot be read (${code})`, true)
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
