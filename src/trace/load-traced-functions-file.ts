import { loadPart } from '../load-part.ts'
import type * as tracedFunctions from './traced-functions.ts'

export function loadTracedFunctions(): typeof tracedFunctions {
  return loadPart('trace-traced-functions.cjs') as typeof tracedFunctions
}
