import * as redaction from './redaction.ts'

/** The build puts load-redaction-file.ts in the place of this file, which loads the part when it is needed. */
export function loadRedaction(): typeof redaction {
  return redaction
}
