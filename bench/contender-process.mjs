// One contender in a process of its own. Each message asks for one round; the answer has its cost on this thread and in all threads.
import { slowed } from './slowdown.mjs'

const [name, url] = process.argv.slice(2)
const { create, SPANS_PER_BURST = Number.POSITIVE_INFINITY } = await import(`./contenders/${name}.mjs`)
const contender = create(url)
const factor = name === 'blueprint' ? Number(process.env.BENCH_SLOWDOWN ?? 1) : 1

process.on('message', async ({ kind, spans, spansPerBurst = SPANS_PER_BURST }) => {
  const record = slowed(contender.rounds[kind], factor)
  let callerNs = 0
  // In a full one V8 forgets what spans look like that nobody holds, and all code optimised for them: rivals took two thirds more then.
  globalThis.gc({ type: 'minor' })
  const cpuBefore = process.cpuUsage()
  for (let left = spans; left > 0; left -= spansPerBurst) {
    const before = process.hrtime.bigint()
    record(Math.min(left, spansPerBurst))
    callerNs += Number(process.hrtime.bigint() - before)
    await contender.flush()
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  process.send({ callerNs: callerNs / spans, totalNs: ((user + system) * 1000) / spans })
})
process.on('disconnect', () => process.exit())
process.send({ kinds: Object.keys(contender.rounds) })
