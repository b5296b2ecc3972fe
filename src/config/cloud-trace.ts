import { printableUrl } from '../net/printable.ts'
import type { CloudTraceExporterConfig } from '../types/config.ts'
import { optionsOf, text, wrongValue } from '../validate.ts'
import { urlOption } from './endpoint.ts'
import type { EnvironmentReader } from './environment.ts'
import { planGoogle } from './google.ts'
import { EXPECTED_PROJECT, PROJECT_ID, projectIdFromEnvironment } from './project-id.ts'
import { urlOfVariable } from './url-variable.ts'

const DEFAULT_URL = 'https://cloudtrace.googleapis.com'
/** For what stands in for Google's endpoint. */
const URL_VARIABLE = 'BLUEPRINT_TRACING_CLOUD_TRACE_URL'
const OPTIONS = ['kind', 'projectId', 'url', 'credentialsFile'] as const

/** Checks the options of a `gcp_trace` exporter; what they leave out comes from the variables of Google's own libraries. */
export function planCloudTrace(
  path: string,
  value: unknown,
): (environment: EnvironmentReader, exportTimeoutMs: number) => CloudTraceExporterConfig {
  const given = optionsOf(path, value, OPTIONS)
  const projectId = projectIdOption(`${path}.projectId`, given.projectId)
  const url = urlOption(`${path}.url`, given.url, '')
  const google = planGoogle(`${path}.credentialsFile`, given.credentialsFile)
  return (environment, exportTimeoutMs) => ({
    kind: 'gcp_trace',
    url: baseOf(url ?? urlOfVariable(environment, URL_VARIABLE, new URL(DEFAULT_URL))),
    projectId: projectId ?? projectIdFromEnvironment(environment),
    google: google(environment),
    timeoutMs: exportTimeoutMs,
  })
}

/** Ends in a slash. User name, password and query have no use here. */
function baseOf({ href }: URL): string {
  return printableUrl(href).replace(/\/*$/, '/')
}

function projectIdOption(path: string, value: unknown): string | undefined {
  const id = text(path, value)
  if (id !== undefined && !PROJECT_ID.test(id)) throw wrongValue(path, EXPECTED_PROJECT, id)
  return id
}
