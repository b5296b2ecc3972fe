/** Bytes that a whole number below 2^53 takes as a base-128 varint. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x200000) return 3
  if (value < 0x10000000) return 4
  let size = 4
  for (let rest = value / 0x10000000; rest >= 1; rest /= 0x80) size++
  return size
}
