import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createExporter } from '../../src/exporters/create.ts'
import type { ExporterConfig } from '../../src/types/config.ts'
import type { Exporter } from '../../src/types/exporter.ts'

const configs: ExporterConfig[] = [
  {
    kind: 'otlp',
    protocol: 'http/protobuf',
    url: 'http://localhost:4318/v1/traces',
    headers: {},
    compression: 'none',
    timeoutMs: 10_000,
    tls: undefined,
    proxy: undefined,
  },
  ...(
    [
      ['udp/thrift.compact', 'udp://localhost:6831'],
      ['udp/thrift.binary', 'udp://localhost:6832'],
      ['http/thrift.binary', 'http://localhost:14268/api/traces'],
    ] as const
  ).map(([transport, url]) => ({
    kind: 'jaeger' as const,
    transport,
    url,
    maxPacketBytes: 65_000,
    headers: {},
    timeoutMs: 10_000,
    proxy: undefined,
  })),
  {
    kind: 'gcp_trace',
    url: 'https://cloudtrace.googleapis.com/',
    projectId: 'demo',
    google: {
      credentialsFile: '/never-read.json',
      namedBy: 'credentialsFile',
      gcloudFolder: undefined,
      metadataUrl: 'http://169.254.169.254',
      quotaProjectId: undefined,
      proxies: { https: undefined, http: undefined, exceptions: '' },
    },
    timeoutMs: 10_000,
  },
  { kind: 'zipkin', url: 'http://localhost:9411/api/v2/spans', headers: {}, timeoutMs: 10_000, proxy: undefined },
  { kind: 'console', format: 'tree', colors: false },
  { kind: 'file', path: join(tmpdir(), 'never-written.jsonl'), maxBytes: Number.POSITIVE_INFINITY },
]

for (const config of configs) {
  test(`${config.kind} makes the exporter of that name`, async () => {
    const exporter = await createExporter(config)
    assert.equal(exporter.name, config.kind)
    await exporter.close?.()
  })
}

test('module makes the exporter that the module makes', async () => {
  const url = 'data:text/javascript,export default name => ({ name, export: () => ({ outcome: "sent" }) })'
  const exporter = await createExporter({ kind: 'module', url, options: 'own', timeoutMs: 1_000 })
  assert.equal(exporter.name, 'own')
})

test('custom gives back the exporter itself', async () => {
  const exporter: Exporter = { name: 'own', export: () => ({ outcome: 'sent' }) }
  assert.equal(createExporter({ kind: 'custom', exporter }), exporter)
})
