import * as localExport from './local-export.ts'

/** What exports on the caller's thread. The build puts load-local-export-file.ts in the place of this file, which loads it when it is needed. */
export function loadLocalExport(): typeof localExport {
  return localExport
}
