// How long the event loop stands still while a burst of spans is exported, in ms. argv: none | blueprint | opentelemetry, URL
import { setTimeout as sleep } from 'node:timers/promises'
import { tracerRounds } from '../contenders/tracer-rounds.mjs'
import { answerMessages } from './answer.mjs'
import { tracers } from './tracers.mjs'

const TICK_MS = 1

const [subject, url] = process.argv.slice(2)
const { tracer, flush } = await tracers[subject](url)
const { active } = tracerRounds(tracer)

answerMessages(async ({ spans, windowMs }) => {
  globalThis.gc({ type: 'minor' })
  const start = performance.now()
  active(spans)
  const burstMs = performance.now() - start
  const stallMs = await longestStall(windowMs)
  await flush()
  return { burstMs, stallMs }
})

/** The longest that a timer came late; the loop is otherwise idle, as that of a program that waits is. */
async function longestStall(windowMs) {
  const end = performance.now() + windowMs
  let longest = 0
  for (let last = performance.now(); last < end; ) {
    await sleep(TICK_MS)
    const now = performance.now()
    longest = Math.max(longest, now - last - TICK_MS)
    last = now
  }
  return longest
}
