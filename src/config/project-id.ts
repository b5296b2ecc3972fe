import { text, wrongValue } from '../validate.ts'
import type { EnvironmentReader } from './environment.ts'

/** With the domain in front where a project belongs to one, as in example.com:my-project. */
const PROJECT_ID = /^[a-z0-9][a-z0-9.:-]*$/i
const EXPECTED_PROJECT = 'the id of a Google Cloud project'

export function projectIdOption(path: string, value: unknown): string | undefined {
  const id = text(path, value)
  if (id !== undefined && !PROJECT_ID.test(id)) throw wrongValue(path, EXPECTED_PROJECT, id)
  return id
}

/** The first variable that names a project; one that cannot be used is told. */
export function projectIdFromEnvironment(environment: EnvironmentReader): string | undefined {
  for (const name of ['GCP_PROJECT_ID', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT']) {
    const id = environment.text(name)
    if (id === undefined) continue
    if (PROJECT_ID.test(id)) return id
    environment.refuse(name, EXPECTED_PROJECT, 'ignoring it')
  }
  return undefined
}
