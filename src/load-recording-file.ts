import { loadPart } from './load-part.ts'
import type * as recording from './recording.ts'

export function loadRecording(): typeof recording {
  return loadPart('recording.cjs') as typeof recording
}
