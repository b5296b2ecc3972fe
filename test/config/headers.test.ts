import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { headersFromEnvironment, headersOption } from '../../src/config/headers.ts'

describe('headers of the environment', () => {
  const rows: [general: string, traces: string, headers: Record<string, string>, refused?: string][] = [
    ['', '', {}],
    ['a=1', '', { a: '1' }],
    ['a=1,b=2', '', { a: '1', b: '2' }],
    [' a = 1 ,\tb=2 ', '', { a: '1', b: '2' }],
    ['a=1', 'a=2', { a: '2' }],
    ['a=1,b=1', 'B=2,c=3', { a: '1', b: '2', c: '3' }],
    ['Api-Key=x', '', { 'api-key': 'x' }],
    ['a=b=c==', '', { a: 'b=c==' }],
    ['a=', '', { a: '' }],
    ['a=1,,b=2,', '', { a: '1', b: '2' }],
    ['authorization=Basic%20abc%2C', '', { authorization: 'Basic abc,' }],
    ['a=1,a=2', '', { a: '2' }],
    ['a=%C3%BC', '', { a: 'ü' }],
    ['__proto__=x', '', JSON.parse('{"__proto__":"x"}')],
    ['a=1,nonsense', '', { a: '1' }, '2'],
    ['=1,b=2', '', { b: '2' }, '1'],
    ['a b=1,c=%zz,d=%E2%82%AC,e=%0A,f=1', '', { f: '1' }, '1, 2, 3, 4'],
    ['content-type=text/plain,Transfer-Encoding=chunked', '', {}, '1, 2'],
    ['Proxy-Authorization=x,accept-encoding=gzip,trailer=x', '', {}, '1, 2, 3'],
    [Array.from({ length: 12 }, () => 'x').join(), '', {}, '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …'],
  ]
  for (const [general, traces, headers, refused] of rows) {
    test(`general ${general || '-'}, traces ${traces || '-'}${refused ? `, refused at ${refused}` : ''}`, () => {
      const environment = new EnvironmentReader({
        OTEL_EXPORTER_OTLP_HEADERS: general,
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: traces,
      })
      assert.deepEqual(headersFromEnvironment(environment), headers)
      const places = environment.notices.map(notice => / at position (.*); leaving these out$/.exec(notice)?.[1])
      assert.deepEqual(places, refused === undefined ? [] : [refused])
    })
  }

  test('a notice shows no part of the value', () => {
    const environment = new EnvironmentReader({ OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'key secret1,secret2=%zz' })
    headersFromEnvironment(environment)
    assert.deepEqual(environment.notices, [
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS must be a comma list of name=value, the values percent-encoded and the names ' +
        'not set by the exporter itself, got something else at position 1, 2; leaving these out',
    ])
  })
})

test('names of the headers option are put in lower case', () => {
  assert.deepEqual(headersOption('headers', { 'X-Key': 'Value', b: 'é\t' }), { 'x-key': 'Value', b: 'é\t' })
})
