import * as recording from './recording.ts'

/** The build puts load-recording-file.ts in the place of this file, which loads the part when it is needed. */
export function loadRecording(): typeof recording {
  return recording
}
