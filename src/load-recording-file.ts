import type * as recording from './recording.ts'
import * as sharedState from './shared-state.ts'

type Recording = typeof recording

/**
 * What dist/recording.cjs is: CommonJS, which alone loads at once, and so that loaders which transform what is required make no
 * second copy of anything. It has the modules that it needs in itself and works on the state that it is given.
 */
type CreateRecording = (state: typeof sharedState) => Recording

let create: CreateRecording | undefined
let loaded: Recording | undefined

/** Where nothing can be loaded on demand. */
export function provideRecording(provided: CreateRecording): void {
  create = provided
}

export function loadRecording(): Recording {
  loaded ??= (create ?? requireRecording())(sharedState)
  return loaded
}

function requireRecording(): CreateRecording {
  return process.getBuiltinModule('node:module').createRequire(import.meta.url)('./recording.cjs')
}
