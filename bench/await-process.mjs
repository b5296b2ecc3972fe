// Prints how many ns an await takes in a process without a current span so far, or after one. argv: before | after
import { getTracer, initTracing } from 'blueprint-tracing'

const AWAITS = 300_000

initTracing({
  exporters: { kind: 'custom', exporter: { name: 'none', export: () => ({ outcome: 'acked' }) } },
  logger: false,
})
if (process.argv[2] === 'after') getTracer().span('current', () => {})

await loop()
const start = process.hrtime.bigint()
await loop()
console.log(Number(process.hrtime.bigint() - start) / AWAITS)
process.exit()

async function loop() {
  for (let i = 0; i < AWAITS; i++) await undefined
}
