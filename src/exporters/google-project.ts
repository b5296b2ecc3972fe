import type { BackendKind } from '../net/status-trouble.ts'
import type { ViewAttributes } from '../types/exporter.ts'

/** Google's OTLP endpoint asks for the first, its exporter for Go for the second. */
export const PROJECT_ATTRIBUTE = 'gcp.project_id'
const ATTRIBUTES = [PROJECT_ATTRIBUTE, 'gcp.project.id']

/** The project that the resource names. */
export function googleProjectOf(resource: ViewAttributes): string | undefined {
  const found = ATTRIBUTES.map(name => resource[name]).find(value => typeof value === 'string' && value !== '')
  return found as string | undefined
}

export const NO_PROJECT = 'no project is known; set GCP_PROJECT_ID'

/** The role lets an account write by both of Google's ways: cloudtrace.traces.patch and telemetry.traces.write are in it. */
export function googleHints(
  account = 'the account of the credentials',
  projectId = 'of the traces',
): Pick<BackendKind, 'credentials' | 'forbidden'> {
  return {
    credentials: 'check those that GOOGLE_APPLICATION_CREDENTIALS names, or log in again with gcloud',
    forbidden: `${account} lacks a permission; grant it the role roles/cloudtrace.agent in project ${projectId}`,
  }
}
