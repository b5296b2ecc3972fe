import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { planOtlp } from '../../src/config/otlp.ts'

const folder = mkdtempSync(join(tmpdir(), 'connection-'))
after(() => rmSync(folder, { recursive: true }))
const PEM = join(folder, 'any.pem')
writeFileSync(PEM, '-----BEGIN CERTIFICATE-----\n')
const PROXY = 'http://proxy.test:3128/'

/** [variable, value, field of the settled exporter] */
const rows: readonly [name: string, value: string, field: 'headers' | 'tls' | 'proxy'][] = [
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a=b', 'headers'],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'a=b', 'headers'],
  ...['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'].flatMap(name =>
    [`OTEL_EXPORTER_OTLP_${name}`, `OTEL_EXPORTER_OTLP_TRACES_${name}`].map(
      variable => [variable, PEM, 'tls'] as [string, string, 'tls'],
    ),
  ),
  ...['https_proxy', 'HTTPS_PROXY'].map(name => [name, PROXY, 'proxy'] as [string, string, 'proxy']),
]

function settled(url: string, environment: Record<string, string>): Record<string, unknown> {
  return { ...planOtlp('exporters', { kind: 'otlp', url })(new EnvironmentReader(environment), 1000) }
}

for (const [name, value, field] of rows) {
  test(`${name} alone is heeded`, () => {
    const { [field]: without } = settled('https://collector.test', {})
    const { [field]: found } = settled('https://collector.test', { [name]: value })
    assert.notDeepEqual(found, without)
  })
}

for (const name of ['http_proxy', 'HTTP_PROXY']) {
  test(`${name} alone is heeded`, () => {
    assert.equal(settled('http://collector.test', { [name]: PROXY }).proxy, PROXY)
    assert.equal(settled('https://collector.test', { [name]: PROXY }).proxy, undefined)
  })
}
