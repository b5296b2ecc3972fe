// Records spans at a steady rate, or as fast as it can, and says how many, how long that took and until all were delivered, in ms.
// What is lost is for the sink to say. argv: blueprint | opentelemetry, URL
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { tracerRounds } from '../contenders/tracer-rounds.mjs'
import { answerMessages } from './answer.mjs'
import { tracers } from './tracers.mjs'

/** A program that does something else now and then, so that an exporter on its thread gets its turn. */
const MAX_SPANS_A_TURN = 1_000

const [subject, url] = process.argv.slice(2)
const { tracer, flush } = await tracers[subject](url, { maxQueueBytes: 64 * 1024 * 1024 })
const { active } = tracerRounds(tracer)

answerMessages(async ({ spansPerSecond, seconds }) => {
  globalThis.gc()
  const start = performance.now()
  let recorded = 0
  for (let elapsed = 0; elapsed < seconds * 1000; elapsed = performance.now() - start) {
    const due =
      spansPerSecond === undefined ? MAX_SPANS_A_TURN : Math.floor((elapsed * spansPerSecond) / 1000) - recorded
    const spans = Math.min(due, MAX_SPANS_A_TURN)
    active(spans)
    recorded += spans
    await (spans < MAX_SPANS_A_TURN ? sleep(1) : turn())
  }
  const recordingMs = performance.now() - start
  // What the ledger says here of losses, the sink says for every contender.
  await flush().catch(() => {})
  return { recorded, recordingMs, drainMs: performance.now() - start - recordingMs }
})
