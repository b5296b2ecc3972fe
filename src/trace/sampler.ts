import { thresholdOf } from '../propagation/probability.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { SamplerOptions } from '../types/options.ts'
import { swapBytes } from './ids.ts'
import {
  applyAtRoot,
  applyThreshold,
  eraseThreshold,
  keepConsistent,
  type ParentRule,
  replaceThreshold,
} from './thresholds.ts'

/**
 * Whether a span is recorded. `parentSampled` is undefined at the root of a trace; `traceWord` is the exclusive or of the trace
 * id's four words.
 */
export type Decision = (parentSampled: boolean | undefined, traceWord: number) => boolean

export interface Sampler {
  readonly decide: Decision
  /** Applied to parents that have a trace state. */
  readonly adapt: ParentRule
  /** True: to every parent, and where there is none. */
  readonly adaptsAll: boolean
}

export function createSampler(options: SamplerOptions): Sampler {
  switch (options.kind) {
    case 'always_on':
      return { decide: alwaysOn, adapt: replaceThreshold(thresholdOf(1)!), adaptsAll: false }
    case 'always_off':
      return { decide: alwaysOff, adapt: eraseThreshold, adaptsAll: false }
    case 'traceidratio':
      return { decide: traceIdRatio(options.ratio ?? 1), adapt: eraseThreshold, adaptsAll: false }
    case 'probability':
      return { decide: asDecided, adapt: applyThreshold(thresholdOf(options.ratio ?? 1)), adaptsAll: true }
    case 'parentbased_always_on':
      return { decide: parentBasedAlwaysOn, adapt: keepConsistent, adaptsAll: false }
    case 'parentbased_always_off':
      return { decide: parentBased(alwaysOff), adapt: keepConsistent, adaptsAll: false }
    case 'parentbased_traceidratio':
      return { decide: parentBased(traceIdRatio(options.ratio ?? 1)), adapt: keepConsistent, adaptsAll: false }
    case 'parentbased_probability':
      return {
        decide: asDecided,
        adapt: applyAtRoot(applyThreshold(thresholdOf(options.ratio ?? 1))),
        adaptsAll: true,
      }
  }
}

/** Undefined until a set-up has a callback. */
let isCallbackRunning: Redactor['isCallbackRunning']

/**
 * A sampler that refuses what `redact.with` starts: its spans would be redacted in their turn, and so on. Only from the first
 * set-up on that has a callback, since nobody else is to pay for the question.
 */
export function heedCallbacks(sampler: Sampler, redactor: Redactor | undefined): Sampler {
  isCallbackRunning ??= redactor?.isCallbackRunning
  const isRunning = isCallbackRunning
  if (isRunning === undefined) return sampler
  const { decide } = sampler
  return { ...sampler, decide: (parentSampled, traceWord) => !isRunning() && decide(parentSampled, traceWord) }
}

function alwaysOn(): boolean {
  return true
}

function alwaysOff(): boolean {
  return false
}

function parentBasedAlwaysOn(parentSampled: boolean | undefined): boolean {
  return parentSampled !== false
}

function parentBased(root: Decision): Decision {
  return (parentSampled, traceWord) => parentSampled ?? root(undefined, traceWord)
}

/** The rule for parents has decided. */
function asDecided(parentSampled: boolean | undefined): boolean {
  return parentSampled === true
}

/** The algorithm of OpenTelemetry JS, so that services of one trace that use either agree. */
function traceIdRatio(ratio: number): Decision {
  const bound = Math.floor(ratio * 0xffffffff)
  return ratio >= 1 ? alwaysOn : (_, traceWord) => swapBytes(traceWord) >>> 0 < bound
}
