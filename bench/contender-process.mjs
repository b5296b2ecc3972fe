// One contender in a process of its own. Each message asks for one round; the answer has its cost on this thread and in all threads.
const [name, url] = process.argv.slice(2)
const { create } = await import(`./contenders/${name}.mjs`)
const contender = create(url)

process.on('message', async ({ kind, spans }) => {
  globalThis.gc()
  const cpuBefore = process.cpuUsage()
  const before = process.hrtime.bigint()
  contender.rounds[kind](spans)
  const callerNs = Number(process.hrtime.bigint() - before) / spans
  await contender.flush()
  const { user, system } = process.cpuUsage(cpuBefore)
  process.send({ callerNs, totalNs: ((user + system) * 1000) / spans })
})
process.on('disconnect', () => process.exit())
process.send('ready')
