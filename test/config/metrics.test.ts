import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resolveMetrics } from '../../src/config/metrics.ts'

describe('METRICS_BACKEND', () => {
  for (const [value, backend] of [
    [undefined, 'in_memory'],
    ['', 'in_memory'],
    [' in_memory ', 'in_memory'],
    ['Prometheus', 'prometheus'],
  ] as const) {
    test(`${JSON.stringify(value)} is ${backend}`, () => {
      assert.equal(resolveMetrics({ METRICS_BACKEND: value }).backend, backend)
    })
  }

  for (const value of ['statsd', 'in-memory', 'prometheus,in_memory', 'none']) {
    test(`${value} is refused with the list`, () => {
      const message = `METRICS_BACKEND must be one of in_memory, prometheus, got "${value}"`
      assert.throws(() => resolveMetrics({ METRICS_BACKEND: value }), new RangeError(message))
    })
  }
})

describe('PROMETHEUS_METRICS_PORT', () => {
  const notice = (got: string): string =>
    `PROMETHEUS_METRICS_PORT must be an integer from 0 to 65535, got "${got}"; using 8000`
  for (const [value, port, notices] of [
    [undefined, 8_000, []],
    ['9464', 9_464, []],
    ['0', 0, []],
    ['65536', 8_000, [notice('65536')]],
    ['http', 8_000, [notice('http')]],
  ] as const) {
    test(`${value} is ${port}`, () => {
      const resolved = resolveMetrics({ METRICS_BACKEND: 'prometheus', PROMETHEUS_METRICS_PORT: value })
      assert.deepEqual([resolved.port, resolved.notices], [port, notices])
    })
  }

  test('is not looked at for another backend', () => {
    assert.deepEqual(resolveMetrics({ PROMETHEUS_METRICS_PORT: 'http' }).notices, [])
  })
})
