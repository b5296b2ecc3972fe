// What a span takes in ns where there are many, large ones, or many open at once. argv: URL
import { fill, NAMES } from '../contenders/span-shape.mjs'
import { tracerRounds } from '../contenders/tracer-rounds.mjs'
import { answerMessages } from './answer.mjs'
import { tracers } from './tracers.mjs'

/** Ended and not yet acknowledged in the largest round: a million spans. */
const MAX_QUEUE_BYTES = 512 * 1024 * 1024
const KEYS = Array.from({ length: 128 }, (_, i) => `key.${i}`)

const [url] = process.argv.slice(2)
const { tracer, flush } = await tracers.blueprint(url, { maxQueueBytes: MAX_QUEUE_BYTES })
const { plain } = tracerRounds(tracer)

const kinds = {
  spans: plain,

  attributes(spans, attributes) {
    for (let i = 0; i < spans; i++) {
      const span = tracer.startSpan('job:measure')
      for (let key = 0; key < attributes; key++) span.setAttribute(KEYS[key], i + key)
      span.end()
    }
  },

  /** One begins, and the oldest ends, while so many are open. */
  open(spans, open) {
    const ring = Array.from({ length: open }, (_, i) => begin(i))
    const start = process.hrtime.bigint()
    for (let i = 0; i < spans; i++) {
      const at = i % open
      ring[at].end()
      ring[at] = begin(i)
    }
    const ns = Number(process.hrtime.bigint() - start)
    for (const span of ring) span.end()
    return ns
  },
}

answerMessages(async ({ kind, spans, x }) => {
  globalThis.gc({ type: 'minor' })
  const start = process.hrtime.bigint()
  const own = kinds[kind](spans, x)
  const ns = (own ?? Number(process.hrtime.bigint() - start)) / spans
  await flush()
  return { ns }
})

function begin(i) {
  const span = tracer.startSpan(NAMES[i & 7])
  fill(span, i)
  return span
}
