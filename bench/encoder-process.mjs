// One encoder in a process of its own. Each message asks for a number of requests; the answer has the processor time of one span.
import { COUNT } from './encoders/spans.ts'

const { create } = await import(`./encoders/${process.argv[2]}.ts`)
const encode = create()

process.on('message', requests => {
  if (requests === 0) return process.send({ bytes: Buffer.from(encode()).toString('base64') })
  globalThis.gc()
  const before = process.cpuUsage()
  const start = process.hrtime.bigint()
  for (let i = 0; i < requests; i++) encode()
  const wallNs = Number(process.hrtime.bigint() - start)
  const { user, system } = process.cpuUsage(before)
  const spans = requests * COUNT
  process.send({ wallNs: wallNs / spans, cpuNs: ((user + system) * 1000) / spans })
})
process.on('disconnect', () => process.exit())
process.send('ready')
