/** The longest that timers take. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1
