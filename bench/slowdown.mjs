/**
 * What BENCH_SLOWDOWN does: recording that takes `factor` times as long, by work of the same thread, so that it is seen whether the
 * gate notices. It has no effect on what others than our own contender record.
 */
export function slowed(record, factor) {
  if (!(factor > 1)) return record
  return spans => {
    const start = process.hrtime.bigint()
    record(spans)
    const takenNs = Number(process.hrtime.bigint() - start)
    const end = start + BigInt(Math.round(takenNs * factor))
    while (process.hrtime.bigint() < end);
  }
}
