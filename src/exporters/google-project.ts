import type { ViewAttributes } from '../types/exporter.ts'

/** Google's OTLP endpoint asks for the first, its exporter for Go for the second. */
export const PROJECT_ATTRIBUTE = 'gcp.project_id'
const ATTRIBUTES = [PROJECT_ATTRIBUTE, 'gcp.project.id']

/** The project that the resource names. */
export function googleProjectOf(resource: ViewAttributes): string | undefined {
  const found = ATTRIBUTES.map(name => resource[name]).find(value => typeof value === 'string' && value !== '')
  return found as string | undefined
}
