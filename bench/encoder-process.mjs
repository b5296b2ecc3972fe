// One encoder in a process of its own, on spans whose texts are as argv[3] says. Each message asks for a number of requests; the
// answer has the processor time of one span. The answer to 0 has what the encoder makes, to be looked at. Garbage is collected when
// V8 does so: a collection that is forced before each round would leave a young generation so small that it costs most of the round.
import { COUNT } from './encoders/spans.ts'

const [, , name, texts] = process.argv
const { create } = await import(`./encoders/${name}.ts`)
const encode = create(texts)

process.on('message', requests => {
  if (requests === 0) {
    process.send({ messages: [encode()].flat().map(message => Buffer.from(message).toString('base64')) })
    return
  }
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
