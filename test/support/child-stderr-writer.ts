/** Writes numbered lines to stderr once stdin has ended, and prints how many were not written and how long it took. */
import { once } from 'node:events'
import { writeStderr } from '../../src/exporters/stderr.ts'

const [lineCount, lineLength] = process.argv.slice(2).map(Number)
// Touching it makes Node put a pipe into non-blocking mode, as any program that logs does.
void process.stderr
await once(process.stdin.resume(), 'end')
const lines = Array.from({ length: lineCount! }, (_, i) => `${String(i).padEnd(lineLength! - 1, '.')}\n`)
const startMs = performance.now()
const lost = writeStderr(lines)
console.log(JSON.stringify({ lost, elapsedMs: performance.now() - startMs }))
