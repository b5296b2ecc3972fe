// How long single spans keep the thread that records them, at a steady rate, by percentile in µs.
// argv: floor | opentelemetry | custom | blueprint, and what the latter two send to: URL or the options of an exporter as JSON
import { setTimeout as sleep } from 'node:timers/promises'
import { create as createFloor } from '../contenders/floor.mjs'
import { fill, NAMES } from '../contenders/span-shape.mjs'
import { answerMessages } from './answer.mjs'
import { blueprint, tracers } from './tracers.mjs'

const TICK_MS = 1
const MAX_SPANS = 100_000
const WARM_UP_SPANS = 20_000
const WARM_UP_BURST = 1_000

const [subject, target] = process.argv.slice(2)
const subjects = {
  floor: async () => ({ one: () => floor.rounds.active(1), flush: async () => {} }),
  opentelemetry: async () => recording(await tracers.opentelemetry(target)),
  blueprint: async () => recording(await blueprint({ exporters: JSON.parse(target) })),
  custom: async () => recording(await blueprint({ exporters: { kind: 'custom', exporter: TAKES_ALL } })),
}
const TAKES_ALL = { name: 'all', export: () => ({ outcome: 'acked' }) }
const floor = createFloor()
const { one, flush } = await subjects[subject]()

/** Readings of the clock go where nothing has to be allocated for them. */
const starts = new BigInt64Array(MAX_SPANS)
const ends = new BigInt64Array(MAX_SPANS)

for (let done = 0; done < WARM_UP_SPANS; done += WARM_UP_BURST) {
  record(0, WARM_UP_BURST)
  await flush()
}
answerMessages(async ({ spans, spansPerSecond }) => {
  globalThis.gc()
  const start = performance.now()
  for (let done = 0; done < spans; ) {
    await sleep(TICK_MS)
    const due = Math.min(spans, Math.floor(((performance.now() - start) * spansPerSecond) / 1000))
    record(done, due)
    done = due
  }
  await flush()
  return percentiles(spans)
})

function record(from, to) {
  for (let i = from; i < to; i++) {
    starts[i] = process.hrtime.bigint()
    one(i)
    ends[i] = process.hrtime.bigint()
  }
}

function percentiles(spans) {
  const sorted = Float64Array.from({ length: spans }, (_, i) => Number(ends[i] - starts[i]) / 1000).sort()
  const at = share => sorted[Math.min(spans - 1, Math.floor(spans * share))]
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) }
}

function recording({ tracer, flush }) {
  const one = i =>
    tracer.startActiveSpan(NAMES[i & 7], span => {
      fill(span, i)
      span.end()
    })
  return { one, flush }
}
