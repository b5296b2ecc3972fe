import * as otherExporters from './other-exporters.ts'

/** The build puts load-other-exporters-file.ts in the place of this file, which loads the part when it is needed. */
export function loadOtherExporters(): typeof otherExporters {
  return otherExporters
}
