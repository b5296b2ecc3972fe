import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { arrived, type RealCollector, startRealCollector } from './backends.ts'
import { compareSpans, spansOf } from './compare.ts'
import type { OtlpSpan } from './expected.ts'
import { sendCorpus } from './sending.ts'

let collector: RealCollector
before(async () => {
  collector = await startRealCollector()
})
after(() => collector.stop())

async function compareAll(t: TestContext, service: string, expected: readonly OtlpSpan[]): Promise<void> {
  const spans = await arrived(() => spansOf(collector.requests(), service), expected.length)
  const fields = compareSpans(spans, expected)
  t.diagnostic(`${expected.length} spans sent, ${spans.length} received, ${fields} fields compared`)
}

describe('OTLP → Collector, every field of every span', () => {
  for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
    for (const compression of ['gzip', 'none'] as const) {
      test(`${protocol}, ${compression}`, async t => {
        const service = `${protocol} ${compression}`
        const port = protocol === 'grpc' ? collector.ports.grpc : collector.ports.http
        const exporters = { kind: 'otlp', url: `http://127.0.0.1:${port}`, protocol, compression }
        await compareAll(t, service, await sendCorpus(service, exporters, 'large'))
      })
    }
  }
})

/** Its lines are requests in OTLP's JSON, which the Collector takes one by one. */
test('file → Collector, every field of every span', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'blueprint-tracing-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'traces.jsonl')
  const expected = await sendCorpus('file', { kind: 'file', path }, 'large')
  for (const body of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const headers = { 'content-type': 'application/json' }
    const url = `http://127.0.0.1:${collector.ports.http}/v1/traces`
    const reply = await fetch(url, { method: 'POST', headers, body })
    assert.deepEqual([reply.status, await reply.text()], [200, '{"partialSuccess":{}}'])
  }
  await compareAll(t, 'file', expected)
})
