/**
 * An exporter object that writes 'own <spans so far> <of them for the second time>' to stderr for every batch, and answers as
 * `answer` says: 'at once', with a 'promise', 'never', or never while it 'holds' the event loop.
 */
import { writeSync } from 'node:fs'

export function ownExporter(answer) {
  const ids = new Set()
  let spans = 0
  return {
    name: 'own',
    export(batch, signal) {
      for (const { spanId } of batch.spans()) ids.add(spanId)
      spans += batch.count
      writeSync(2, `own ${spans} ${spans - ids.size}\n`)
      return answers[answer](signal)
    },
  }
}

const acked = { outcome: 'acked' }
const answers = {
  'at once': () => acked,
  promise: () => new Promise(resolve => setTimeout(() => resolve(acked), 20)),
  never: () => new Promise(() => {}),
  holds: signal =>
    new Promise(() => {
      const timer = setInterval(() => {}, 1000)
      signal.addEventListener('abort', () => clearInterval(timer))
    }),
}
