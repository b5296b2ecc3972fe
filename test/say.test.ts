import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runChild } from './support/child.ts'

const program = new URL('./support/child-say.ts', import.meta.url)

const rows: readonly [level: string | undefined, stderr: readonly string[]][] = [
  [undefined, ['early', 'once']],
  ['warn', ['once']],
  ['none', []],
]
for (const [level, lines] of rows) {
  test(`OTEL_LOG_LEVEL ${level}: lines go to stderr, then where the present set-up says`, async () => {
    const env = { OTEL_LOG_LEVEL: level }
    const { stdout, stderr } = await runChild(program, { env, execArgv: ['--import', 'tsx'] })
    assert.equal(stderr, lines.map(line => `blueprint-tracing: ${line}\n`).join(''))
    assert.match(stdout, /^off, because .*\nlate\n$/)
  })
}
