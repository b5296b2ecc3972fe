import type * as localExport from './local-export.ts'

/** Of dist/recording.cjs, into which this file is built. */
declare const require: (path: './pipeline-local-export.cjs') => typeof localExport

export function loadLocalExport(): typeof localExport {
  return require('./pipeline-local-export.cjs')
}
