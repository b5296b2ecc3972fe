import { loadPart } from '../load-part.ts'
import type * as localExport from './local-export.ts'

export function loadLocalExport(): typeof localExport {
  return loadPart('pipeline-local-export.cjs') as typeof localExport
}
