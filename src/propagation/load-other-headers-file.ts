import { loadPart } from '../load-part.ts'
import type { TraceState } from '../types/span.ts'
import type * as otherHeaders from './other-headers.ts'

type OtherHeaders = typeof otherHeaders

let loaded: OtherHeaders | undefined

/** Never throws: where the part has been left behind, what it is about does not travel. */
export function loadOtherHeaders(): OtherHeaders {
  loaded ??= load()
  return loaded
}

function load(): OtherHeaders {
  try {
    return loadPart('propagation-other-headers.cjs') as OtherHeaders
  } catch (error) {
    process.emitWarning(`blueprint-tracing passes neither baggage nor trace state on: ${error}`)
    return NONE
  }
}

const NO_STATE: TraceState = { get: () => undefined, set: () => NO_STATE, unset: () => NO_STATE, serialize: () => '' }

const NONE: OtherHeaders = {
  OTHER_FORMATS: {},
  parseBaggage: () => new Map(),
  formatBaggage: () => '',
  toBaggageEntry: () => undefined,
  readUberBaggage: () => new Map(),
  writeUberBaggage: () => {},
  parseTraceState: () => undefined,
  createTraceState: () => NO_STATE,
  formatTraceState: () => '',
}
