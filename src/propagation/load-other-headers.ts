import * as otherHeaders from './other-headers.ts'

/** The build puts load-other-headers-file.ts in the place of this file, which loads the part when it is needed. */
export function loadOtherHeaders(): typeof otherHeaders {
  return otherHeaders
}
