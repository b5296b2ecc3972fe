import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChildResult, runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'

const handlers = [
  'exits with a code',
  'lets the program end later',
  'raises the signal again',
  'raises the signal again if it is the only one, as signal-exit does',
]

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

for (const handler of handlers) {
  for (const order of ['before tracing', 'after tracing']) {
    test(`P1: a handler that ${handler}, installed ${order}, has its effect, and the spans arrive`, async () => {
      const service = `${handler} ${order}`
      const untraced = await run(handler, order, { OTEL_SDK_DISABLED: 'true' })
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: service }
      const traced = await run(handler, order, env)
      assert.deepEqual([traced.code, traced.signal], [untraced.code, untraced.signal])
      assert.equal(await collector.count(service), 1000)
    })
  }
}

test('P1: without handleSignals a signal has its default effect at once', async () => {
  const TRACING_OPTIONS = JSON.stringify({ handleSignals: false })
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TRACING_OPTIONS }
  const program = new URL('programs/ends.mjs', import.meta.url)
  const { code, signal } = await runChild(program, { args: ['SIGTERM', 'warm'], env })
  assert.deepEqual([code, signal], [null, 'SIGTERM'])
})

function run(handler: string, order: string, env: Record<string, string>): Promise<ChildResult> {
  return runChild(new URL('programs/signal-handlers.mjs', import.meta.url), { args: [handler, order], env })
}
