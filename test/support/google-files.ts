import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { GoogleConfig } from '../../src/types/config.ts'

/** A folder that is gone after the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'google-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Writes a credentials file and gives its path. */
export function writeCredentials(t: TestContext, content: object | string): string {
  const file = join(temporaryFolder(t), 'credentials.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

/** Without proxies, and without what gcloud may have left on this machine. */
export function googleConfig(t: TestContext, overrides: Partial<GoogleConfig> = {}): GoogleConfig {
  return {
    credentialsFile: undefined,
    namedBy: 'GOOGLE_APPLICATION_CREDENTIALS',
    gcloudFolder: temporaryFolder(t),
    metadataUrl: 'http://127.0.0.1:1',
    quotaProjectId: undefined,
    proxies: { https: undefined, http: undefined, exceptions: '' },
    ...overrides,
  }
}
