import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resolveMetrics, resolveMonitoring } from '../../src/config/metrics.ts'
import { planResource } from '../../src/config/resource.ts'

describe('METRICS_BACKEND', () => {
  for (const [value, backend] of [
    [undefined, 'in_memory'],
    ['', 'in_memory'],
    [' in_memory ', 'in_memory'],
    ['Prometheus', 'prometheus'],
    ['cloud_monitoring', 'cloud_monitoring'],
  ] as const) {
    test(`${JSON.stringify(value)} is ${backend}`, () => {
      assert.equal(resolveMetrics({ METRICS_BACKEND: value }).backend, backend)
    })
  }

  for (const value of ['statsd', 'in-memory', 'prometheus,in_memory', 'none']) {
    test(`${value} is refused with the list`, () => {
      const message = `METRICS_BACKEND must be one of in_memory, prometheus, cloud_monitoring, got "${value}"`
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

describe('the cloud_monitoring backend', () => {
  test('speaks to Google every minute, for a service with a name', () => {
    const { url, projectId, intervalMs, namespace, job, notices } = resolveMonitoring(planResource, {})
    assert.deepEqual(
      [url, projectId, intervalMs, namespace, job, notices],
      ['https://monitoring.googleapis.com/', undefined, 60_000, 'local', 'blueprint-pipeline', []],
    )
  })

  test('takes what the environment says', () => {
    const { url, projectId, intervalMs, namespace, job, google } = resolveMonitoring(planResource, {
      BLUEPRINT_TRACING_CLOUD_MONITORING_URL: 'http://localhost:9/',
      GOOGLE_CLOUD_PROJECT: 'demo',
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      PIPELINE_ENV: 'production',
      OTEL_SERVICE_NAME: 'regen3d',
      GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
    })
    assert.deepEqual(
      [url, projectId, intervalMs, namespace, job, google.credentialsFile],
      ['http://localhost:9/', 'demo', 5_000, 'production', 'regen3d', '/key.json'],
    )
  })

  test('does not send more often than Google takes it, and says so', () => {
    const { intervalMs, notices } = resolveMonitoring(planResource, { OTEL_METRIC_EXPORT_INTERVAL: '1000' })
    assert.equal(intervalMs, 60_000)
    assert.match(notices.join(), /^OTEL_METRIC_EXPORT_INTERVAL must be an integer from 5000 to 86400000 ms, got "1000"/)
  })
})
