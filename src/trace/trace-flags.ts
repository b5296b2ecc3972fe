import { FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE } from '../otlp/span-flags.ts'

/** W3C trace flags (trace context level 2, "trace-flags"). */
export const SAMPLED = 0x01
export const RANDOM = 0x02
/** OTLP flags of a root of our own. */
export const ROOT_FLAGS: number = SAMPLED | RANDOM | FLAG_HAS_IS_REMOTE
/** All that OTLP defines. */
export const OTLP_FLAGS: number = 0xff | FLAG_HAS_IS_REMOTE | FLAG_IS_REMOTE
/** Beyond OTLP's, of a parent about whose trace nobody has decided: the sampler does, as at a root. No span of ours has it. */
export const UNDECIDED = 0x10000

/** Where in a span's own word its kind begins, behind the flags. */
export const KIND_SHIFT = 17

/** What these flags of a parent say; undefined where nobody has decided. */
export function wasSampled(flags: number): boolean | undefined {
  return (flags & SAMPLED) !== 0 || ((flags & UNDECIDED) === 0 ? false : undefined)
}
