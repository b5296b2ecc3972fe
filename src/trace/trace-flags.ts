import { FLAG_HAS_IS_REMOTE } from '../otlp/fields.ts'

/** W3C trace flags (trace context level 2, "trace-flags"). */
export const SAMPLED = 0x01
export const RANDOM = 0x02
/** OTLP flags of a root of our own. */
export const ROOT_FLAGS: number = SAMPLED | RANDOM | FLAG_HAS_IS_REMOTE
