// Resident memory in MB of a process that records spans at a steady rate. argv: none | blueprint | opentelemetry, URL
import { setTimeout as sleep } from 'node:timers/promises'
import { tracerRounds } from '../contenders/tracer-rounds.mjs'
import { answerMessages } from './answer.mjs'
import { tracers } from './tracers.mjs'

const TICK_MS = 10

const [subject, url] = process.argv.slice(2)

answerMessages(async ({ spansPerSecond, seconds }) => {
  const { tracer, flush } = await tracers[subject](url)
  const { active } = tracerRounds(tracer)
  const spans = spansPerSecond * seconds
  const readings = []
  const start = performance.now()
  for (let done = 0; done < spans; ) {
    await sleep(TICK_MS)
    const due = Math.min(spans, Math.floor(((performance.now() - start) * spansPerSecond) / 1000))
    active(due - done)
    done = due
    if (done > spans / 2) readings.push(process.memoryUsage.rss())
  }
  await flush()
  return { rssMb: readings.sort((a, b) => a - b)[readings.length >> 1] / 1e6 }
})
