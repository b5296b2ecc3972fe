import type { GoogleConfig } from '../types/config.ts'
import { text } from '../validate.ts'
import { describe } from '../wording.ts'
import type { EnvironmentReader } from './environment.ts'
import { readProxies } from './proxies.ts'
import { urlOfVariable } from './url-variable.ts'

/** By its address: its name would have to be looked up first. */
const METADATA_URL = 'http://169.254.169.254'

/** Checks the option that names a credentials file. The file is read on the export thread, and read again when it has changed. */
export function planGoogle(path: string, value: unknown): (environment: EnvironmentReader) => GoogleConfig {
  const file = fileOption(path, value)
  return environment => ({
    credentialsFile: file ?? environment.text('GOOGLE_APPLICATION_CREDENTIALS'),
    namedBy: file === undefined ? 'GOOGLE_APPLICATION_CREDENTIALS' : 'credentialsFile',
    gcloudFolder: environment.text('CLOUDSDK_CONFIG'),
    metadataUrl: urlOfVariable(environment, 'GCE_METADATA_HOST', new URL(METADATA_URL)).origin,
    quotaProjectId: environment.text('GOOGLE_CLOUD_QUOTA_PROJECT'),
    proxies: readProxies(environment),
  })
}

/** Content in place of a path is a key, which is not to be shown. */
function fileOption(path: string, value: unknown): string | undefined {
  const file = text(path, value)
  if (file === undefined) return undefined
  const { accessSync, constants } = process.getBuiltinModule('node:fs')
  try {
    accessSync(file, constants.R_OK)
    return file
  } catch (error) {
    const shown = /[{}]|-----BEGIN/.test(file) ? 'its content' : describe(file)
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    throw new RangeError(`${path} must be the path of a readable credentials file, got ${shown} (${code})`)
  }
}
