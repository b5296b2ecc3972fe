import type { LiveTracing } from './live-tracing.ts'

/** The class, not one of its set-ups. */
export type LiveTracingClass = typeof LiveTracing

let loaded: LiveTracingClass | undefined

/** For live-tracing.ts, once it is loaded. */
export function provideLiveTracing(provided: LiveTracingClass): void {
  loaded = provided
}

/**
 * What records and exports is more than half of the package, so that it is loaded when tracing is turned on and not before: at
 * once, since spans are started on the next line. Throws where a bundler has left the file behind.
 */
export function liveTracing(): LiveTracingClass {
  if (loaded === undefined) process.getBuiltinModule('node:module').createRequire(import.meta.url)('./live-tracing.js')
  return loaded!
}
