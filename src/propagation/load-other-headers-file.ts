import { loadPart } from '../load-part.ts'
import type { TraceState } from '../types/span.ts'
import type * as otherHeaders from './other-headers.ts'

type OtherHeaders = typeof otherHeaders

let loaded: OtherHeaders | undefined
let hasWarned = false

/** Never throws: while the part cannot be loaded, what it is about does not travel. */
export function loadOtherHeaders(): OtherHeaders {
  try {
    loaded ??= loadPart('propagation-other-headers.cjs') as OtherHeaders
    return loaded
  } catch (error) {
    warn(error)
    return NONE
  }
}

function warn(error: unknown): void {
  if (hasWarned) return
  hasWarned = true
  process.emitWarning(`blueprint-tracing passes on no header but traceparent and x-request-id: ${error}`)
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
