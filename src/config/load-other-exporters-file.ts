import { loadPart } from '../load-part.ts'
import type * as otherExporters from './other-exporters.ts'

export function loadOtherExporters(): typeof otherExporters {
  return loadPart('config-other-exporters.cjs') as typeof otherExporters
}
