/** Bits of `Span.flags` and `Link.flags` above the W3C trace flags. */
export const FLAG_HAS_IS_REMOTE = 0x100
export const FLAG_IS_REMOTE = 0x200
