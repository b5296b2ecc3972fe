import {
  isTaken,
  type SamplingEntry,
  samplingEntryOf,
  type Threshold,
  withThreshold,
} from '../propagation/probability.ts'
import { swapBytes } from './ids.ts'
import type { ParentIdentity } from './parent.ts'
import { rootIdentity } from './root.ts'
import { ROOT_FLAGS, SAMPLED, UNDECIDED, wasSampled } from './trace-flags.ts'

/** What a sampler makes of a parent before it decides: the trace state of the spans below it, and perhaps the decision. */
export type ParentRule = (parent: ParentIdentity | undefined) => ParentIdentity | undefined

/** Of a sampler that follows the parent: its threshold stays where it agrees with what was decided. */
export function keepConsistent(parent: ParentIdentity | undefined): ParentIdentity | undefined {
  const entry = parent && entryOf(parent.traceState)
  if (parent === undefined || entry === undefined) return parent
  const { threshold } = entry
  const isConsistent =
    threshold !== undefined && isTakenBelow(parent, entry, threshold) === wasSampled(parent.childFlags)
  return isConsistent ? parent : changed(parent, parent.childFlags, entry.bare)
}

/** Of a sampler that decides by something else, whose share of all traces is unknown: no threshold stays. */
export function eraseThreshold(parent: ParentIdentity | undefined): ParentIdentity | undefined {
  const entry = parent && entryOf(parent.traceState)
  return parent === undefined || entry === undefined ? parent : changed(parent, parent.childFlags, entry.bare)
}

/** Of a sampler that takes every trace: where there was a threshold, it is now that one. */
export function replaceThreshold(threshold: Threshold): ParentRule {
  return parent => {
    const entry = parent && entryOf(parent.traceState)
    if (parent === undefined || entry?.threshold === undefined) return parent
    return changed(parent, parent.childFlags, stateWith(parent.traceState, entry, threshold))
  }
}

/**
 * Of a sampler that takes the traces above a threshold, whatever was decided before, and says so to those below; where there is no
 * parent, of one that is none. Without a threshold it takes no trace.
 */
export function applyThreshold(threshold: Threshold | undefined): ParentRule {
  const rootState = threshold === undefined ? '' : withThreshold('', threshold)
  return given => {
    const parent = given ?? rootIdentity(ROOT_FLAGS, '')
    const { traceState } = parent
    const entry = entryOf(traceState)
    const undecided = parent.childFlags & ~(SAMPLED | UNDECIDED)
    if (threshold === undefined || !isTakenBelow(parent, entry, threshold))
      return changed(parent, undecided, entry?.bare ?? traceState)
    const state = traceState === '' ? rootState : stateWith(traceState, entry, threshold)
    return changed(parent, undecided | SAMPLED, state)
  }
}

/** The first rule at a root and where nobody has decided, the threshold of the parent elsewhere. */
export function applyAtRoot(rule: ParentRule): ParentRule {
  return parent =>
    parent === undefined || (parent.childFlags & UNDECIDED) !== 0 ? rule(parent) : keepConsistent(parent)
}

/** Of the trace state that was read last: the spans of a trace share one. */
let lastState = ''
let lastEntry: SamplingEntry | undefined

function entryOf(traceState: string): SamplingEntry | undefined {
  if (traceState === lastState) return lastEntry
  lastEntry = samplingEntryOf(traceState)
  lastState = traceState
  return lastEntry
}

function isTakenBelow(parent: ParentIdentity, entry: SamplingEntry | undefined, threshold: Threshold): boolean {
  const randomness = entry?.randomness
  if (randomness !== undefined) return isTaken(randomness.high, randomness.low, threshold)
  // The last seven bytes of the trace id.
  return isTaken(swapBytes(parent.trace2) & 0xffffff, swapBytes(parent.trace3) >>> 0, threshold)
}

function stateWith(traceState: string, entry: SamplingEntry | undefined, threshold: Threshold): string {
  return entry?.threshold?.text === threshold.text ? traceState : withThreshold(traceState, threshold)
}

/** Field by field: a spread costs more than all the rest. */
function changed(parent: ParentIdentity, childFlags: number, traceState: string): ParentIdentity {
  if (parent.childFlags === childFlags && parent.traceState === traceState) return parent
  const { trace0, trace1, trace2, trace3, span0, span1, anchor } = parent
  return { trace0, trace1, trace2, trace3, span0, span1, childFlags, traceState, anchor }
}
