import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { runChild } from '../support/child.ts'
import { arrived, type RealCollector, startRealCollector } from './backends.ts'
import { compareSpans, spansOf } from './compare.ts'
import { CORPUS, LARGE } from './corpus.ts'
import { expectedSpan, type OtlpSpan, type SentIds } from './expected.ts'

const program = new URL('programs/send-corpus.ts', import.meta.url)

let collector: RealCollector
before(async () => {
  collector = await startRealCollector()
})
after(() => collector.stop())

/** Runs the program that sends the corpus; gives what has to arrive of it. */
async function send(service: string, options: object, env: Readonly<Record<string, string>> = {}): Promise<OtlpSpan[]> {
  const { code, stdout, stderr } = await runChild(program, {
    execArgv: ['--import', 'tsx'],
    args: [service, 'large'],
    env: { TRACING_OPTIONS: JSON.stringify(options), ...env },
  })
  assert.deepEqual([code, stderr], [0, ''])
  const sent = new Map((JSON.parse(stdout) as SentIds[]).map(ids => [ids.name, ids]))
  return [...CORPUS, ...LARGE].map(each => expectedSpan(each, sent.get(each.name)!, sent))
}

describe('OTLP → Collector, every field of every span', () => {
  const urls = {
    'http/protobuf': () => `http://127.0.0.1:${collector.ports.http}`,
    'http/json': () => `http://127.0.0.1:${collector.ports.http}`,
    grpc: () => `http://127.0.0.1:${collector.ports.grpc}`,
  } as const

  for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
    for (const compression of ['gzip', 'none'] as const) {
      test(`${protocol}, ${compression}`, async t => {
        const service = `${protocol} ${compression}`
        const exporters = { kind: 'otlp', url: urls[protocol](), protocol, compression }
        const expected = await send(service, { exporters, logger: undefined }, { OTEL_LOG_LEVEL: 'warn' })
        const spans = await arrived(() => spansOf(collector.requests(), service), expected.length)
        const fields = compareSpans(spans, expected)
        t.diagnostic(`${expected.length} spans sent, ${spans.length} received, ${fields} fields compared`)
      })
    }
  }
})

test('file → Collector, every field of every span', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'blueprint-tracing-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'traces.jsonl')
  const expected = await send('file', { exporters: { kind: 'file', path } }, { OTEL_LOG_LEVEL: 'warn' })
  for (const body of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const headers = { 'content-type': 'application/json' }
    const url = `http://127.0.0.1:${collector.ports.http}/v1/traces`
    const reply = await fetch(url, { method: 'POST', headers, body })
    assert.deepEqual([reply.status, await reply.text()], [200, '{"partialSuccess":{}}'])
  }
  const spans = await arrived(() => spansOf(collector.requests(), 'file'), expected.length)
  const fields = compareSpans(spans, expected)
  t.diagnostic(`${expected.length} spans sent, ${spans.length} received, ${fields} fields compared`)
})
