import type { EnvironmentReader } from './environment.ts'

/** With the domain in front where a project belongs to one, as in example.com:my-project. */
export const PROJECT_ID: RegExp = /^[a-z0-9][a-z0-9.:-]*$/i
export const EXPECTED_PROJECT = 'the id of a Google Cloud project'

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
