import * as otherOptions from './other-options.ts'

/** The build puts load-other-options-file.ts in the place of this file, which loads the part when it is needed. */
export function loadOtherOptions(): typeof otherOptions {
  return otherOptions
}
