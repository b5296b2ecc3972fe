import * as tracedFunctions from './traced-functions.ts'

/** The build puts load-traced-functions-file.ts in the place of this file, which loads the part when it is needed. */
export function loadTracedFunctions(): typeof tracedFunctions {
  return tracedFunctions
}
