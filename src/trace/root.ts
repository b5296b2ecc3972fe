import { DEBUG_STATE, type SamplingDecision } from '../propagation/sampling.ts'
import { randomWords, takeRandomWords } from './ids.ts'
import type { ParentIdentity } from './parent.ts'
import { ROOT_FLAGS, SAMPLED } from './trace-flags.ts'

/**
 * A parent that is none, since its span id is zero: the span below it is the root of a new trace, with these flags and this trace
 * state. For roots about which something is known before they start.
 */
export function rootIdentity(flags: number, traceState: string): ParentIdentity {
  const random = takeRandomWords(4)
  return {
    trace0: randomWords[random]!,
    trace1: randomWords[random + 1]!,
    trace2: randomWords[random + 2]!,
    trace3: randomWords[random + 3]!,
    span0: 0,
    span1: 0,
    childFlags: flags,
    traceState,
    anchor: undefined,
  }
}

export function isRootIdentity(identity: ParentIdentity): boolean {
  return (identity.span0 | identity.span1) === 0
}

/** Of a root whose sampling was decided before it: parent-based samplers follow that as they follow a parent. */
export function decidedRoot(decision: SamplingDecision): ParentIdentity {
  const flags = decision === 'deny' ? ROOT_FLAGS & ~SAMPLED : ROOT_FLAGS
  return rootIdentity(flags, decision === 'debug' ? DEBUG_STATE : '')
}
