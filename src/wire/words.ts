/** The lower 32 bits of a whole number in two's complement; unsigned. */
export function lowWord(value: number | bigint): number {
  return typeof value === 'bigint' ? Number(BigInt.asUintN(32, value)) : value >>> 0
}

/** The upper 32 of its 64 bits; signed. */
export function highWord(value: number | bigint): number {
  return typeof value === 'bigint' ? Number(BigInt.asIntN(32, value >> 32n)) : Math.floor(value / 0x100000000) | 0
}
