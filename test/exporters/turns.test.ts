import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createTurns } from '../../src/exporters/turns.ts'
import type { Exporter, SpanBatch } from '../../src/types/exporter.ts'
import { sketchBatch } from '../support/batch.ts'
import { credentialsFor, exportBatch, exporterFor } from '../support/exporters.ts'
import { startGoogle } from '../support/google.ts'
import { startHttpServer } from '../support/http-server.ts'

test('callers go on one after the other, and the event loop turns between them', async () => {
  const turn = createTurns()
  const log: string[] = []
  const caller = async (name: string): Promise<void> => {
    await turn()
    log.push(name)
    setImmediate(() => log.push(`after ${name}`))
  }
  await Promise.all([caller('a'), caller('b'), caller('c')])
  assert.deepEqual(log.slice(0, 5), ['a', 'after a', 'b', 'after b', 'c'])
})

/** What a pass of the export thread is to its backlog: something that has to have its turn. */
const OTHER = 'other work'

describe('a backlog is encoded batch by batch, and other work has its turn in between, by', () => {
  const rows: readonly [what: string, open: (t: TestContext) => Promise<Exporter>][] = [
    ['OTLP in JSON', async t => exporterFor(t, 'otlp', { url: await taker(t), protocol: 'http/json' })],
    ['Zipkin', async t => exporterFor(t, 'zipkin', { url: await taker(t) })],
    ['Jaeger over HTTP', async t => exporterFor(t, 'jaeger', { url: await taker(t), transport: 'http/thrift.binary' })],
    [
      'Cloud Trace',
      async t => {
        const google = await startGoogle(t)
        return exporterFor(t, 'gcp_trace', { url: `${google.origin}/`, google: credentialsFor(t, google) })
      },
    ],
  ]
  for (const [what, open] of rows) {
    test(what, async t => {
      const exporter = await open(t)
      const log: string[] = []
      const backlog = ['a', 'b', 'c'].map(name => exportBatch(exporter, watched(name, log)))
      for (const result of await Promise.all(backlog)) assert.equal(result.outcome, 'acked')
      assert.deepEqual(log, ['a', OTHER, 'b', OTHER, 'c', OTHER])
    })
  }

  async function taker(t: TestContext): Promise<string> {
    const { origin } = await startHttpServer(t, (_request, response) => response.writeHead(202).end())
    return `${origin}/`
  }

  /** Logs when its spans are read, and the first thing that happens after that. */
  function watched(name: string, log: string[]): SpanBatch {
    const batch = sketchBatch({ id: 1, name })
    const noted = <T>(read: () => T) => {
      return (): T => {
        log.push(name)
        setImmediate(() => log.push(OTHER))
        return read()
      }
    }
    return { ...batch, request: noted(batch.request), spans: noted(batch.spans) }
  }
})
