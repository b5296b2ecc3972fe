/** A timeout of 0 means none; this is the longest that timers take, 24 days. */
export const NO_TIMEOUT_MS: number = 2 ** 31 - 1
