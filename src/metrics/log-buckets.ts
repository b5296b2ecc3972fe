/**
 * Log-linear buckets: each doubling is cut into 32 of equal width, numbered as their values are ordered. The number is the top of the
 * IEEE 754 form: 11 bits of exponent and 5 of mantissa. The middle of a bucket is off by half its width at most, which is 1/64 of
 * the smallest value in it.
 */
export const MAX_RELATIVE_ERROR: number = 1 / 64
/** Where the error bound holds, in magnitude; beyond, a value counts at the range's end. A picosecond in hours, a byte in exabytes. */
export const MIN_MAGNITUDE: number = 2 ** -52
export const MAX_MAGNITUDE: number = 2 ** 64

const SHIFT = 15
const view = new DataView(new ArrayBuffer(8))

/** The number of the bucket that `value` falls in: negative for negative values, 0 for zero. */
export function bucketOf(value: number): number {
  if (value === 0) return 0
  const magnitude = Math.min(Math.max(Math.abs(value), MIN_MAGNITUDE), MAX_MAGNITUDE)
  view.setFloat64(0, magnitude)
  const bucket = view.getUint32(0) >>> SHIFT
  return value < 0 ? -bucket : bucket
}

export function middleOf(bucket: number): number {
  if (bucket === 0) return 0
  const magnitude = (startOf(Math.abs(bucket)) + startOf(Math.abs(bucket) + 1)) / 2
  return bucket < 0 ? -magnitude : magnitude
}

function startOf(bucket: number): number {
  view.setUint32(0, bucket << SHIFT)
  view.setUint32(4, 0)
  return view.getFloat64(0)
}
