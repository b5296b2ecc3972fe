import type { OtlpExporterConfig } from '../types/config.ts'
import type { EnvironmentReader } from './environment.ts'
import { planGoogle } from './google.ts'
import { projectIdFromEnvironment } from './project-id.ts'

export function googleFromEnvironment(environment: EnvironmentReader): Required<OtlpExporterConfig>['google'] {
  const credentials = planGoogle('exporters', undefined)(environment)
  return { credentials, projectId: projectIdFromEnvironment(environment) }
}
