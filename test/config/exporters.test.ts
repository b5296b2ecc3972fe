import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, test } from 'node:test'
import { isatty } from 'node:tty'
import { resolveConfig } from '../../src/config.ts'
import type { Exporter } from '../../src/types/exporter.ts'
import type { ExporterOptions } from '../../src/types/options.ts'

class Mine implements Exporter {
  readonly name = 'mine'
  export(): { outcome: 'acked' } {
    return { outcome: 'acked' }
  }
}

const custom = new Mine()

describe('console and file exporters', () => {
  const rows: [options: ExporterOptions, variables: Record<string, string>, result: object][] = [
    [{ kind: 'console' }, {}, { kind: 'console', format: 'tree', colors: isatty(2) }],
    [{ kind: 'console' }, { FORCE_COLOR: '1' }, { kind: 'console', format: 'tree', colors: true }],
    [{ kind: 'console' }, { FORCE_COLOR: 'true', NO_COLOR: '1' }, { kind: 'console', format: 'tree', colors: true }],
    [{ kind: 'console' }, { FORCE_COLOR: '0' }, { kind: 'console', format: 'tree', colors: false }],
    [{ kind: 'console' }, { FORCE_COLOR: 'False' }, { kind: 'console', format: 'tree', colors: false }],
    [{ kind: 'console' }, { FORCE_COLOR: '', NO_COLOR: '1' }, { kind: 'console', format: 'tree', colors: false }],
    [{ kind: 'console', format: 'json' }, { NO_COLOR: '1' }, { kind: 'console', format: 'json', colors: false }],
    [{ kind: 'file' }, {}, { kind: 'file', path: resolve('traces.jsonl'), maxBytes: Number.MAX_SAFE_INTEGER }],
    [
      { kind: 'file', maxBytes: 1 },
      { BLUEPRINT_TRACING_FILE: '/a/b' },
      { kind: 'file', path: resolve('/a/b'), maxBytes: 1 },
    ],
    [
      { kind: 'file', path: 'c', maxBytes: Number.POSITIVE_INFINITY },
      { BLUEPRINT_TRACING_FILE: 'b' },
      { kind: 'file', path: resolve('c'), maxBytes: Number.MAX_SAFE_INTEGER },
    ],
  ]
  for (const [exporters, variables, result] of rows) {
    test(`${JSON.stringify(exporters)} with ${JSON.stringify(variables)} gives ${JSON.stringify(result)}`, () => {
      assert.deepEqual(resolveConfig({ exporters }, variables).exporters, [result])
    })
  }
})

describe('the summary and the exporters it names', () => {
  const file = resolve('t.jsonl')
  const rows: [
    exporters: ExporterOptions | ExporterOptions[] | undefined,
    variables: Record<string, string>,
    summary: string,
  ][] = [
    [
      undefined,
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:pw@c:4318?key=pw' },
      'exporting to otlp http://c:4318/v1/traces, because OTEL_EXPORTER_OTLP_ENDPOINT is set',
    ],
    [
      undefined,
      { OTEL_TRACES_EXPORTER: 'otlp' },
      'exporting to otlp http://localhost:4318/v1/traces, because OTEL_TRACES_EXPORTER is otlp',
    ],
    [
      undefined,
      { OTEL_TRACES_EXPORTER: 'file,console', BLUEPRINT_TRACING_FILE: file },
      `exporting to file ${file} and console, because OTEL_TRACES_EXPORTER is file,console`,
    ],
    [
      undefined,
      { JAEGER_ENDPOINT: 'agent', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' },
      'exporting to jaeger udp://agent:6831, because JAEGER_ENDPOINT is set',
    ],
    [
      { kind: 'jaeger', url: 'http://me:pw@c:14268?key=pw' },
      {},
      'exporting to jaeger http://c:14268/api/traces, because the exporters option is given',
    ],
    [undefined, { OTEL_TRACES_EXPORTER: 'none' }, 'recording nothing, because OTEL_TRACES_EXPORTER is none'],
    [
      undefined,
      { ENABLE_TRACING: '1' },
      'recording nothing, because no exporter is configured; set OTEL_EXPORTER_OTLP_ENDPOINT or pass exporters to initTracing',
    ],
    [[], { OTEL_TRACES_EXPORTER: 'otlp' }, 'recording nothing, because the exporters option is empty'],
    [
      { kind: 'file', path: file },
      { OTEL_TRACES_EXPORTER: 'none' },
      `exporting to file ${file}, because the exporters option is given`,
    ],
    [
      [{ kind: 'custom', exporter: custom }, { kind: 'console' }],
      {},
      'exporting to custom mine and console, because the exporters option is given',
    ],
    [
      [
        { kind: 'otlp', url: 'https://a' },
        { kind: 'otlp', url: 'http://b/x' },
      ],
      {},
      'exporting to otlp https://a/v1/traces and otlp http://b/x, because the exporters option is given',
    ],
  ]
  for (const [exporters, variables, summary] of rows) {
    test(`${JSON.stringify(exporters)} with ${JSON.stringify(variables)}: ${summary}`, () => {
      const config = resolveConfig({ exporters }, variables)
      assert.equal(config.summary, summary)
      assert.equal(config.propagating, true)
      assert.equal(config.enabled, summary.startsWith('exporting'))
      assert.equal(config.exporters.length > 0, config.enabled)
    })
  }
})

test('a custom exporter is passed on as it is', () => {
  const [exporter] = resolveConfig({ exporters: { kind: 'custom', exporter: custom } }, {}).exporters
  assert.ok(exporter?.kind === 'custom')
  assert.equal(exporter.exporter, custom)
})
