/** W3C Baggage, limits: as much as this must travel, more need not. */
export const MAX_MEMBERS = 64
export const MAX_CHARS = 8_192
