import { loadPart } from '../load-part.ts'
import type * as redaction from './redaction.ts'

export function loadRedaction(): typeof redaction {
  return loadPart('trace-redaction.cjs') as typeof redaction
}
