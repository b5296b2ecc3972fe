import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { planZipkin } from '../../src/config/zipkin.ts'
import type { ZipkinExporterConfig } from '../../src/types/config.ts'

const DEFAULTS: ZipkinExporterConfig = {
  kind: 'zipkin',
  url: 'http://localhost:9411/api/v2/spans',
  headers: {},
  timeoutMs: 7_000,
  proxy: undefined,
}

const rows: readonly [
  url: string | undefined,
  variables: object,
  result: Partial<ZipkinExporterConfig>,
  notices?: number,
][] = [
  [undefined, {}, {}],
  ['http://z:9411', {}, { url: 'http://z:9411/api/v2/spans' }],
  ['http://z/own?x=1', { OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://y' }, { url: 'http://z/own?x=1' }],
  [undefined, { OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://y/spans' }, { url: 'http://y/spans' }],
  [undefined, { OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'ftp://y' }, {}, 1],
  [undefined, { OTEL_EXPORTER_ZIPKIN_TIMEOUT: '9' }, { timeoutMs: 9 }],
  [undefined, { OTEL_EXPORTER_ZIPKIN_TIMEOUT: '0' }, { timeoutMs: 2_147_483_647 }],
  [undefined, { OTEL_EXPORTER_ZIPKIN_TIMEOUT: 'soon' }, {}, 1],
  [
    'http://me:secret@z/spans',
    {},
    { url: 'http://z/spans', headers: { authorization: `Basic ${Buffer.from('me:secret').toString('base64')}` } },
  ],
  ['http://z/s', { HTTP_PROXY: 'http://p:3128' }, { url: 'http://z/s', proxy: 'http://p:3128/' }],
]
for (const [url, variables, result, notices = 0] of rows) {
  test(`url ${url}, ${JSON.stringify(variables)}`, () => {
    const environment = new EnvironmentReader({ ...variables })
    const config = planZipkin('exporters', { kind: 'zipkin', url })(environment, 7_000)
    assert.deepEqual(config, { ...DEFAULTS, ...result })
    assert.equal(environment.notices.length, notices)
  })
}

test('a wrong url throws', () => {
  assert.throws(() => planZipkin('exporters', { kind: 'zipkin', url: 'udp://z' }), RangeError)
  assert.throws(() => planZipkin('exporters', { kind: 'zipkin', port: 9411 }), TypeError)
})
