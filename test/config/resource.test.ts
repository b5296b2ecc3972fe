import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { basename } from 'node:path'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { planResource } from '../../src/config/resource.ts'
import { VERSION } from '../../src/version.ts'

const DETECTED = {
  'host.name': hostname(),
  'process.pid': process.pid,
  'process.runtime.name': 'nodejs',
  'process.runtime.version': process.versions.node,
  'process.executable.name': basename(process.execPath),
  'telemetry.sdk.language': 'nodejs',
  'telemetry.sdk.name': 'blueprint-tracing',
  'telemetry.sdk.version': VERSION,
}

test('the resource of an empty environment, in order', () => {
  const resource = planResource({})(new EnvironmentReader({}))
  const identity = {
    'service.name': 'blueprint-pipeline',
    'service.version': 'unknown',
    'deployment.environment': 'local',
  }
  assert.deepEqual(Object.entries(resource), Object.entries({ ...identity, ...DETECTED }))
})

test('what OTEL_RESOURCE_ATTRIBUTES adds comes after the service and before the host', () => {
  const resource = planResource({})(new EnvironmentReader({ OTEL_RESOURCE_ATTRIBUTES: 'team=a,service.name=s,rack=b' }))
  const keys = ['service.name', 'service.version', 'deployment.environment', 'team', 'rack', ...Object.keys(DETECTED)]
  assert.deepEqual(Object.keys(resource), keys)
})

describe('what wins', () => {
  const listed = 'service.name=l,service.version=l,deployment.environment=l,host.name=l'
  const named = { OTEL_SERVICE_NAME: 'n', SERVICE_VERSION: 'n', PIPELINE_ENV: 'n' }
  const resource = { 'service.name': 'r', 'service.version': 'r', 'deployment.environment': 'r', 'host.name': 'r' }
  const options = { serviceName: 'o', serviceVersion: 'o', environment: 'o' }
  const rows: [options: object, variables: Record<string, string>, values: string][] = [
    [{}, { OTEL_RESOURCE_ATTRIBUTES: listed }, 'l l l l'],
    [{}, { OTEL_RESOURCE_ATTRIBUTES: listed, ...named }, 'n n n l'],
    [{}, named, `n n n ${hostname()}`],
    [{ resource }, { OTEL_RESOURCE_ATTRIBUTES: listed, ...named }, 'r r r r'],
    [{ resource, ...options }, { OTEL_RESOURCE_ATTRIBUTES: listed, ...named }, 'o o o r'],
    [options, {}, `o o o ${hostname()}`],
    [{ resource: { 'host.name': null, 'service.name': undefined } }, { OTEL_RESOURCE_ATTRIBUTES: listed }, 'l l l l'],
  ]
  for (const [given, variables, values] of rows) {
    test(`${JSON.stringify(given)} with ${JSON.stringify(variables)}: ${values}`, () => {
      const merged = planResource(given)(new EnvironmentReader(variables))
      assert.equal(
        Object.keys(resource)
          .map(key => merged[key])
          .join(' '),
        values,
      )
    })
  }
})

describe('OTEL_RESOURCE_ATTRIBUTES', () => {
  const rows: [value: string, attributes: Record<string, string> | undefined][] = [
    ['a=1', { a: '1' }],
    [' a = 1 , b=2, ', { a: '1', b: '2' }],
    ['a=x%2Cy%3Dz%20', { a: 'x,y=z ' }],
    ['a%2Eb=1', { 'a.b': '1' }],
    ['a=b=c', { a: 'b=c' }],
    ['a=', { a: '' }],
    ['a=1,a=2', { a: '2' }],
    ['a=ü', { a: 'ü' }],
    ['__proto__=x', JSON.parse('{"__proto__":"x"}')],
    ['a=1,b=%zz', undefined],
    ['a=1,%=2', undefined],
    ['a=1,b', undefined],
    ['=1', undefined],
    ['a=%C3', undefined],
  ]
  for (const [value, attributes] of rows) {
    test(`"${value}" gives ${JSON.stringify(attributes) ?? 'nothing and a notice'}`, () => {
      const environment = new EnvironmentReader({ OTEL_RESOURCE_ATTRIBUTES: value })
      const resource = planResource({})(environment)
      assert.equal(environment.notices.length, attributes === undefined ? 1 : 0)
      assert.deepEqual(
        Object.entries(resource).slice(3, -Object.keys(DETECTED).length),
        Object.entries(attributes ?? {}),
      )
    })
  }
})

test('values of the resource option are kept, arrays as copies', () => {
  const list = [1, 2]
  const nested = { a: 1 }
  const resource = planResource({ resource: { list, nested, flag: false, count: 0 } })(new EnvironmentReader({}))
  list.push(3)
  assert.deepEqual([resource.list, resource.nested, resource.flag, resource.count], [[1, 2], nested, false, 0])
})
