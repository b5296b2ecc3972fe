import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { planTls } from '../../src/config/tls.ts'
import type { TlsConfig } from '../../src/types/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'tls-'))
after(() => rmSync(folder, { recursive: true }))

const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`
const file = (name: string): string => join(folder, name)
for (const name of ['a', 'b', 'c']) writeFileSync(file(name), pem(name))
writeFileSync(file('text'), 'no certificate')
writeFileSync(file('huge'), pem('huge'))
truncateSync(file('huge'), 1_048_577)

/** The variables stand without OTEL_EXPORTER_OTLP_ and their values without the folder. */
describe('TLS settings', () => {
  const rows: [options: object, variables: Record<string, string>, tls: TlsConfig | undefined, notices?: RegExp[]][] = [
    [{}, {}, undefined],
    [{ ca: pem('x') }, {}, { ca: pem('x') }],
    [{ caFile: file('a') }, {}, { ca: pem('a') }],
    [{ certFile: file('a'), keyFile: file('b') }, {}, { cert: pem('a'), key: pem('b') }],
    [{ cert: pem('x'), key: pem('y') }, {}, { cert: pem('x'), key: pem('y') }],
    [{ serverName: 's', rejectUnauthorized: true }, {}, { serverName: 's', rejectUnauthorized: true }],
    [{}, { CERTIFICATE: 'a' }, { ca: pem('a') }],
    [{}, { CERTIFICATE: 'a', TRACES_CERTIFICATE: 'b' }, { ca: pem('b') }],
    [{}, { CLIENT_CERTIFICATE: 'a', CLIENT_KEY: 'b' }, { cert: pem('a'), key: pem('b') }],
    [{}, { TRACES_CLIENT_CERTIFICATE: 'a', TRACES_CLIENT_KEY: 'b' }, { cert: pem('a'), key: pem('b') }],
    [{ caFile: file('c') }, { CERTIFICATE: 'a', CLIENT_KEY: 'b' }, { ca: pem('c'), key: pem('b') }],
    [{ ca: pem('x') }, { CERTIFICATE: 'missing' }, { ca: pem('x') }],
    [
      {},
      { CERTIFICATE: 'missing' },
      undefined,
      [/^OTEL_EXPORTER_OTLP_CERTIFICATE .*missing" \(ENOENT\); ignoring it$/],
    ],
    [
      {},
      { CERTIFICATE: 'a', TRACES_CERTIFICATE: 'text' },
      { ca: pem('a') },
      [/^OTEL_.*_TRACES_CERTIFICATE .*no PEM block/],
    ],
    [{}, { CLIENT_KEY: 'huge' }, undefined, [/^OTEL_EXPORTER_OTLP_CLIENT_KEY .*not a file of at most 1 MiB/]],
    [{}, { CLIENT_KEY: pem('secret') }, undefined, [/^OTEL_EXPORTER_OTLP_CLIENT_KEY .*, got PEM text; ignoring it$/]],
    [{}, { CLIENT_CERTIFICATE: '.' }, undefined, [/^OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE .*not a file/]],
  ]
  for (const [options, variables, tls, notices = []] of rows) {
    const shown = JSON.stringify(options).replaceAll(folder, '')
    test(`${shown} with ${JSON.stringify(variables)} gives ${JSON.stringify(tls)}`, () => {
      const entries = Object.entries(variables).map(
        ([name, value]) => [`OTEL_EXPORTER_OTLP_${name}`, file(value)] as const,
      )
      const environment = new EnvironmentReader(Object.fromEntries(entries))
      assert.deepEqual(planTls('tls', options)(environment), tls)
      assert.equal(environment.notices.length, notices.length)
      for (const [index, notice] of notices.entries()) assert.match(environment.notices[index]!, notice)
    })
  }
})

describe('a TLS file of the options that cannot be used throws', () => {
  const rows: [option: string, name: string, problem: string][] = [
    ['caFile', 'missing', 'ENOENT'],
    ['certFile', 'text', 'no PEM block in it'],
    ['keyFile', 'huge', 'not a file of at most 1 MiB'],
    ['caFile', '.', 'not a file of at most 1 MiB'],
  ]
  for (const [option, name, problem] of rows) {
    test(`${option} ${name}: ${problem}`, () => {
      const plan = planTls('tls', { [option]: file(name) })
      const message = `tls.${option} must be a readable PEM file, got "${file(name)}" (${problem})`
      assert.throws(() => plan(new EnvironmentReader({})), { name: 'RangeError', message })
    })
  }

  test('a key in place of its file is not shown', () => {
    const message = 'tls.keyFile must be a readable PEM file, got PEM text'
    assert.throws(() => planTls('tls', { keyFile: pem('secret') })(new EnvironmentReader({})), { message })
  })

  for (const part of ['ca', 'cert', 'key']) {
    test(`${part} and ${part}File together`, () => {
      const message = `tls.${part} and tls.${part}File must not both be given, got both`
      assert.throws(() => planTls('tls', { [part]: pem('x'), [`${part}File`]: file('a') }), {
        name: 'TypeError',
        message,
      })
    })
  }
})
