import { loadPart } from '../load-part.ts'
import type * as otherOptions from './other-options.ts'

export function loadOtherOptions(): typeof otherOptions {
  return loadPart('config-other-options.cjs') as typeof otherOptions
}
