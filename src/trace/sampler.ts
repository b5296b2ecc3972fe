import { isCallbackRunning } from '../redaction/callback.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { SamplerOptions } from '../types/options.ts'
import { swapBytes } from './ids.ts'

/**
 * Decides whether a span is recorded. `parentSampled` is undefined at the root of a trace; `traceWord` is the exclusive or of
 * the trace id's four words.
 */
export type Sampler = (parentSampled: boolean | undefined, traceWord: number) => boolean

export function createSampler(options: SamplerOptions): Sampler {
  switch (options.kind) {
    case 'always_on':
      return alwaysOn
    case 'always_off':
      return alwaysOff
    case 'parentbased_always_on':
      return parentBasedAlwaysOn
    case 'parentbased_always_off':
      return parentBased(alwaysOff)
    case 'traceidratio':
      return traceIdRatio(options.ratio ?? 1)
    case 'parentbased_traceidratio':
      return parentBased(traceIdRatio(options.ratio ?? 1))
  }
}

let anyCallback = false

/**
 * A sampler that refuses what `redact.with` starts: its spans would be redacted in their turn, and so on. Only from the first
 * set-up on that has a callback, since nobody else is to pay for the question.
 */
export function heedCallbacks(sampler: Sampler, redactor: Redactor | undefined): Sampler {
  anyCallback ||= redactor?.callsBack === true
  if (!anyCallback) return sampler
  return (parentSampled, traceWord) => !isCallbackRunning() && sampler(parentSampled, traceWord)
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

function parentBased(root: Sampler): Sampler {
  return (parentSampled, traceWord) => parentSampled ?? root(undefined, traceWord)
}

/** The algorithm of OpenTelemetry JS, so that services of one trace that use either agree. */
function traceIdRatio(ratio: number): Sampler {
  const bound = Math.floor(ratio * 0xffffffff)
  return ratio >= 1 ? alwaysOn : (_, traceWord) => swapBytes(traceWord) >>> 0 < bound
}
