import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resolveConfig } from '../../src/config.ts'
import type { TracingOptions } from '../../src/types/options.ts'

/** `named`: what the message begins with, where it is not the path. */
type Row = [path: string, value: unknown, error: 'TypeError' | 'RangeError', message: string, named?: string]
type Tree = { [key: string]: unknown }

const CREDENTIALS = 'must be the path of a readable credentials file'
const KINDS = 'must be one of otlp, jaeger, gcp_trace, zipkin, console, file, module, custom'
const SAMPLERS =
  'must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, ' +
  'parentbased_traceidratio, probability, parentbased_probability'
const COUNT = 'must be an integer from 0 to 2147483647'
const LENGTH = 'must be an integer of at least 0, or Infinity'
const TEXT = 'must be a non-empty string'
const URL_TEXT = 'must be an http or https URL'
const MODULE_URL = 'must be a path, or a file: or data: URL'
const HEADER_NAME = 'must be a header name that the exporter does not set itself'
const KEY = 'a non-empty string or a regular expression'
const quiet = (): void => {}

/** Each value is put at its path into the options named by the group. */
const groups: { name: string; base: () => Tree; rows: Row[] }[] = [
  {
    name: 'of initTracing',
    base: () => ({ retry: {}, limits: {} }),
    rows: [
      ['serviceName', 5, 'TypeError', `${TEXT}, got 5`],
      ['serviceName', '', 'RangeError', `${TEXT}, got ""`],
      ['serviceName', null, 'TypeError', `${TEXT}, got null`],
      ['serviceVersion', 1n, 'TypeError', `${TEXT}, got 1n`],
      ['environment', ['a'], 'TypeError', `${TEXT}, got an array`],
      ['resource', 'a=b', 'TypeError', 'must be an object, got a string'],
      ['resource', { '': 1 }, 'RangeError', 'must be an object with non-empty keys, got an empty key'],
      ['exportThread', 'process', 'RangeError', 'must be one of worker, main, got "process"'],
      ['maxQueueBytes', 5, 'RangeError', 'must be an integer from 1048576 to 4294967296, got 5'],
      ['maxQueueBytes', 2 ** 33, 'RangeError', 'must be an integer from 1048576 to 4294967296, got 8589934592'],
      ['maxQueueBytes', '64', 'TypeError', 'must be an integer from 1048576 to 4294967296, got "64"'],
      ['maxQueueBytes', 2e6 + 0.5, 'RangeError', 'must be an integer from 1048576 to 4294967296, got 2000000.5'],
      ['maxBatchBytes', 1_023, 'RangeError', 'must be an integer from 1024 to 67108864, got 1023'],
      ['maxBatchDelayMs', 0, 'RangeError', 'must be an integer from 1 to 60000, got 0'],
      ['exportTimeoutMs', 600_001, 'RangeError', 'must be an integer from 1 to 600000, got 600001'],
      ['exitTimeoutMs', 60_001, 'RangeError', 'must be an integer from 0 to 60000, got 60001'],
      ['exitTimeoutMs', Number.NaN, 'RangeError', 'must be an integer from 0 to 60000, got NaN'],
      ['handleSignals', 1, 'TypeError', 'must be true or false, got 1'],
      ['retry', 3, 'TypeError', 'must be an object, got a number'],
      ['retry.max', 3, 'TypeError', 'is not an option; accepted are maxElapsedMs, initialDelayMs, maxDelayMs'],
      ['retry.maxElapsedMs', -1, 'RangeError', 'must be an integer from 0 to 86400000, got -1'],
      ['retry.initialDelayMs', 0, 'RangeError', 'must be an integer from 1 to 86400000, got 0'],
      ['limits', [], 'TypeError', 'must be an object, got an array'],
      ['limits.attributeCount', -1, 'RangeError', `${COUNT}, got -1`],
      ['limits.eventCount', 1.5, 'RangeError', `${COUNT}, got 1.5`],
      ['limits.linkCount', '9', 'TypeError', `${COUNT}, got "9"`],
      ['limits.attributesPerEvent', Number.POSITIVE_INFINITY, 'RangeError', `${COUNT}, got Infinity`],
      ['limits.attributesPerLink', null, 'TypeError', `${COUNT}, got null`],
      ['limits.attributeValueLength', -1, 'RangeError', `${LENGTH}, got -1`],
      ['limits.attributeValueLength', 'no', 'TypeError', `${LENGTH}, got "no"`],
      ['sampler', 'always_on', 'TypeError', 'must be an object, got a string'],
      ['propagators', 'baggage', 'TypeError', 'must be a list of names, got "baggage"'],
      ['propagators', ['baggage', 'none'], 'RangeError', 'must be none or others, got both'],
    ],
  },
  {
    name: 'beside a small queue or a long first delay',
    base: () => ({ maxQueueBytes: 1_048_576, retry: { initialDelayMs: 50 } }),
    rows: [
      ['maxBatchBytes', 1_048_577, 'RangeError', 'must be an integer from 1024 to 1048576, got 1048577'],
      ['retry.maxDelayMs', 49, 'RangeError', 'must be an integer from 50 to 86400000, got 49'],
    ],
  },
  {
    name: 'of redact',
    base: () => ({ redact: {} }),
    rows: [
      ['redact', null, 'TypeError', 'must be an object, got null'],
      ['redact', ['password'], 'TypeError', 'must be an object, got an array'],
      ['redact.key', [], 'TypeError', 'is not an option; accepted are keys, values, replacement, with'],
      ['redact.keys', 'password', 'TypeError', `must be a list, each element ${KEY}, got a string`],
      ['redact.keys', /password/, 'TypeError', `must be a list, each element ${KEY}, got an object`],
      ['redact.keys', ['password', 7], 'TypeError', `must be ${KEY}, got a number`, 'redact.keys[1]'],
      ['redact.keys', [''], 'RangeError', `must be ${KEY}, got ""`, 'redact.keys[0]'],
      ['redact.values', /a/, 'TypeError', 'must be a list, each element a regular expression, got an object'],
      ['redact.values', ['hunter2'], 'TypeError', 'must be a regular expression, got a string', 'redact.values[0]'],
      ['redact.values', [''], 'TypeError', 'must be a regular expression, got a string', 'redact.values[0]'],
      [
        'redact.values',
        [{ source: 'a', flags: '' }],
        'TypeError',
        'must be a regular expression, got an object',
        'redact.values[0]',
      ],
      ['redact.replacement', null, 'TypeError', 'must be a string, got null'],
      ['redact.replacement', 0, 'TypeError', 'must be a string, got a number'],
      ['redact.with', 'mask', 'TypeError', 'must be a function that returns its text at once, got a string'],
      [
        'redact.with',
        async () => undefined,
        'TypeError',
        'must be a function that returns its text at once, got an async function',
      ],
    ],
  },
  {
    name: 'of a logger',
    base: () => ({ logger: { error: quiet, warn: quiet, info: quiet } }),
    rows: [
      [
        'logger',
        true,
        'TypeError',
        'must be false or an object with the functions error, warn, info and debug, got true',
      ],
      [
        'logger',
        null,
        'TypeError',
        'must be false or an object with the functions error, warn, info and debug, got null',
      ],
      ['logger.error', 'stderr', 'TypeError', 'must be a function, got "stderr"'],
      ['logger.warn', null, 'TypeError', 'must be a function, got null'],
      ['logger.info', {}, 'TypeError', 'must be a function, got an object'],
      ['logger.debug', undefined, 'TypeError', 'must be a function, got undefined'],
    ],
  },
  {
    name: 'of a sampler',
    base: () => ({ sampler: { kind: 'traceidratio' } }),
    rows: [
      ['sampler.ratio', 1.1, 'RangeError', 'must be a number from 0 to 1, got 1.1'],
      ['sampler.ratio', -0.1, 'RangeError', 'must be a number from 0 to 1, got -0.1'],
      ['sampler.ratio', Number.NaN, 'RangeError', 'must be a number from 0 to 1, got NaN'],
      ['sampler.ratio', '1', 'TypeError', 'must be a number from 0 to 1, got "1"'],
      ['sampler.rate', 1, 'TypeError', 'is not an option; accepted are kind, ratio'],
    ],
  },
  {
    name: 'where a kind is due',
    base: () => ({ sampler: { kind: 'always_on' }, exporters: { kind: 'console' } }),
    rows: [
      ['sampler.kind', undefined, 'TypeError', `${SAMPLERS}, got undefined`],
      ['sampler.kind', 'jaeger_remote', 'RangeError', `${SAMPLERS}, got "jaeger_remote"`],
      ['exporters', 'otlp', 'TypeError', 'must be an object, got a string'],
      ['exporters.kind', undefined, 'TypeError', `${KINDS}, got undefined`],
      ['exporters.kind', 'lightstep', 'RangeError', `${KINDS}, got "lightstep"`],
      ['exporters.kind', 'toString', 'RangeError', `${KINDS}, got "toString"`],
    ],
  },
  {
    name: 'of a sampler without ratio',
    base: () => ({ sampler: { kind: 'always_on' } }),
    rows: [['sampler.ratio', 1, 'TypeError', 'is not an option; accepted are kind']],
  },
  {
    name: 'of a console exporter',
    base: () => ({ exporters: { kind: 'console' } }),
    rows: [
      ['exporters.format', 'xml', 'RangeError', 'must be one of tree, json, got "xml"'],
      ['exporters.format', 1, 'TypeError', 'must be one of tree, json, got 1'],
      ['exporters.path', 'a', 'TypeError', 'is not an option; accepted are kind, format'],
    ],
  },
  {
    name: 'of a jaeger exporter',
    base: () => ({ exporters: { kind: 'jaeger' } }),
    rows: [
      [
        'exporters.transport',
        'grpc',
        'RangeError',
        'must be one of udp/thrift.compact, udp/thrift.binary, http/thrift.binary, got "grpc"',
      ],
      ['exporters.host', 7, 'TypeError', `${TEXT}, got 7`],
      ['exporters.host', 'j:6831', 'RangeError', 'must be a host name or an IP address, got "j:6831"'],
      ['exporters.host', 'http://j', 'RangeError', 'must be a host name or an IP address, got "http://j"'],
      [
        'exporters.host',
        'me:s3cr3t@j',
        'RangeError',
        'must be a host name or an IP address, got one that may hold a password',
      ],
      ['exporters.port', 0, 'RangeError', 'must be an integer from 1 to 65535, got 0'],
      ['exporters.port', '6831', 'TypeError', 'must be an integer from 1 to 65535, got "6831"'],
      ['exporters.url', 'udp://j', 'RangeError', `${URL_TEXT}, got "udp://j"`],
      ['exporters.maxPacketBytes', 65_508, 'RangeError', 'must be an integer from 1024 to 65507, got 65508'],
      ['exporters.maxPacketBytes', 1_023, 'RangeError', 'must be an integer from 1024 to 65507, got 1023'],
      [
        'exporters.endpoint',
        'j',
        'TypeError',
        'is not an option; accepted are kind, transport, host, port, url, maxPacketBytes',
      ],
    ],
  },
  {
    name: 'of a jaeger exporter with a url',
    base: () => ({ exporters: { kind: 'jaeger', url: 'http://j' } }),
    rows: [
      ['exporters.host', 'j', 'TypeError', 'must not be given with host or port, got both', 'exporters.url'],
      ['exporters.port', 1, 'TypeError', 'must not be given with host or port, got both', 'exporters.url'],
      [
        'exporters.transport',
        'udp/thrift.binary',
        'RangeError',
        'must be http/thrift.binary with a url, got "udp/thrift.binary"',
      ],
    ],
  },
  {
    name: 'of a file exporter',
    base: () => ({ exporters: { kind: 'file' } }),
    rows: [
      ['exporters.path', 7, 'TypeError', `${TEXT}, got 7`],
      ['exporters.maxBytes', '1MB', 'TypeError', 'must be an integer of at least 1, or Infinity, got "1MB"'],
      ['exporters.maxBytes', 0, 'RangeError', 'must be an integer of at least 1, or Infinity, got 0'],
      [
        'exporters.maxBytes',
        2 ** 53,
        'RangeError',
        'must be an integer of at least 1, or Infinity, got 9007199254740992',
      ],
    ],
  },
  {
    name: 'of a module exporter',
    base: () => ({ exporters: { kind: 'module', url: '/a.mjs', options: {} } }),
    rows: [
      ['exporters.url', undefined, 'TypeError', `${MODULE_URL}, got undefined`],
      ['exporters.url', ['/a.mjs'], 'TypeError', `${MODULE_URL}, got an array`],
      ['exporters.url', '', 'RangeError', `${MODULE_URL}, got ""`],
      ['exporters.url', 'https://c/a.mjs', 'RangeError', `${MODULE_URL}, got "https://c/a.mjs"`],
      ['exporters.url', new URL('http://c/a.mjs'), 'RangeError', `${MODULE_URL}, got "http://c/a.mjs"`],
      ['exporters.url', 'file://host/a.mjs', 'RangeError', `${MODULE_URL}, got "file://host/a.mjs"`],
      ['exporters.url', 'file://[', 'RangeError', `${MODULE_URL}, got "file://["`],
      ['exporters.url', 'node:fs', 'RangeError', `${MODULE_URL}, got "node:fs"`],
      ['exporters.options["on"]', quiet, 'TypeError', 'must be JSON data, got a function'],
      ['exporters.options', Number.NaN, 'TypeError', 'must be JSON data, got NaN'],
      ['exporters.path', '/a.mjs', 'TypeError', 'is not an option; accepted are kind, url, options'],
    ],
  },
  {
    name: 'of a custom exporter',
    base: () => ({ exporters: { kind: 'custom', exporter: { name: 'mine', export: quiet } } }),
    rows: [
      ['exporters.exporter', undefined, 'TypeError', 'must be an object, got undefined'],
      ['exporters.exporter.name', '', 'RangeError', `${TEXT}, got ""`],
      ['exporters.exporter.name', undefined, 'TypeError', `${TEXT}, got undefined`],
      ['exporters.exporter.export', undefined, 'TypeError', 'must be a function, got undefined'],
      ['exporters.exporter.close', 1, 'TypeError', 'must be a function, got 1'],
    ],
  },
  {
    name: 'of a gcp_trace exporter',
    base: () => ({ exporters: { kind: 'gcp_trace' } }),
    rows: [
      ['exporters.projectId', 7, 'TypeError', `${TEXT}, got 7`],
      ['exporters.projectId', '', 'RangeError', `${TEXT}, got ""`],
      ['exporters.projectId', 'projects/p', 'RangeError', 'must be the id of a Google Cloud project, got "projects/p"'],
      ['exporters.url', 'cloudtrace', 'RangeError', `${URL_TEXT}, got "cloudtrace"`],
      ['exporters.credentialsFile', {}, 'TypeError', `${TEXT}, got an object`],
      ['exporters.credentialsFile', '/nowhere.json', 'RangeError', `${CREDENTIALS}, got "/nowhere.json" (ENOENT)`],
      ['exporters.credentialsFile', '{"private_key":"s3"}', 'RangeError', `${CREDENTIALS}, got its content (ENOENT)`],
      ['exporters.keyFile', 'a', 'TypeError', 'is not an option; accepted are kind, projectId, url, credentialsFile'],
    ],
  },
  {
    name: 'of an otlp exporter',
    base: () => ({ exporters: { kind: 'otlp', headers: {}, tls: {} } }),
    rows: [
      [
        'exporters.token',
        'secret',
        'TypeError',
        'is not an option; accepted are kind, protocol, url, headers, compression, timeoutMs, tls, auth',
      ],
      ['exporters.auth', 'aws', 'RangeError', 'must be one of none, google, got "aws"'],
      ['exporters.auth', true, 'TypeError', 'must be one of none, google, got true'],
      ['exporters.protocol', 'http', 'RangeError', 'must be one of http/protobuf, http/json, grpc, got "http"'],
      ['exporters.protocol', 7, 'TypeError', 'must be one of http/protobuf, http/json, grpc, got 7'],
      ['exporters.compression', 'br', 'RangeError', 'must be one of gzip, none, got "br"'],
      ['exporters.timeoutMs', -1, 'RangeError', 'must be an integer from 0 to 600000, got -1'],
      ['exporters.url', 4318, 'TypeError', `${URL_TEXT}, got 4318`],
      ['exporters.url', new URL('http://c'), 'TypeError', `${URL_TEXT}, got an object`],
      ['exporters.url', '', 'RangeError', `${URL_TEXT}, got ""`],
      ['exporters.url', 'localhost:4318', 'RangeError', `${URL_TEXT}, got "localhost:4318"`],
      ['exporters.url', 'grpc://c:4317', 'RangeError', `${URL_TEXT}, got "grpc://c:4317"`],
      ['exporters.url', 'http://', 'RangeError', `${URL_TEXT}, got "http://"`],
      ['exporters.url', 'http://c:99999', 'RangeError', `${URL_TEXT}, got "http://c:99999"`],
      ['exporters.url', 'ftp://c/?key=secret', 'RangeError', `${URL_TEXT}, got "ftp://c/"`],
      ['exporters.url', 'http://me:sec?ret@c', 'RangeError', `${URL_TEXT}, got one that may hold a password`],
      ['exporters.headers', 'a=b', 'TypeError', 'must be an object, got a string'],
      ['exporters.headers["a b"]', 'secret', 'RangeError', HEADER_NAME],
      ['exporters.headers[""]', 'secret', 'RangeError', HEADER_NAME],
      ['exporters.headers["é"]', 'secret', 'RangeError', HEADER_NAME],
      ['exporters.headers["Content-Type"]', 'secret', 'RangeError', HEADER_NAME],
      ['exporters.headers["x"]', 5, 'TypeError', 'must be a string, got a number'],
      ['exporters.headers["x"]', null, 'TypeError', 'must be a string, got null'],
      ['exporters.headers["x"]', 'a\r\nb', 'RangeError', 'must be Latin-1 text without control characters (not shown)'],
      ['exporters.headers["x"]', '…', 'RangeError', 'must be Latin-1 text without control characters (not shown)'],
      ['exporters.tls', true, 'TypeError', 'must be an object, got a boolean'],
      ['exporters.tls.ca', '/etc/ca.pem', 'RangeError', 'must be PEM text (a path goes into exporters.tls.caFile)'],
      ['exporters.tls.key', new Uint8Array(2), 'TypeError', `${TEXT}, got an object`],
      ['exporters.tls.cert', 'cert.pem', 'RangeError', 'must be PEM text (a path goes into exporters.tls.certFile)'],
      ['exporters.tls.caFile', 7, 'TypeError', `${TEXT}, got 7`],
      ['exporters.tls.certFile', '', 'RangeError', `${TEXT}, got ""`],
      ['exporters.tls.keyFile', null, 'TypeError', `${TEXT}, got null`],
      ['exporters.tls.serverName', 1, 'TypeError', `${TEXT}, got 1`],
      ['exporters.tls.rejectUnauthorized', 'no', 'TypeError', 'must be true or false, got "no"'],
      [
        'exporters.tls.pfx',
        'a',
        'TypeError',
        'is not an option; accepted are ca, cert, key, caFile, certFile, keyFile, serverName, rejectUnauthorized',
      ],
    ],
  },
]

for (const { name, base, rows } of groups) {
  describe(`a wrong option ${name} throws, on or off`, () => {
    for (const [path, value, error, message, named = path] of rows) {
      test(`${path} = ${show(value)}: ${message}`, () => {
        for (const switched of [{}, { enabled: false }]) {
          const options = { ...put(base(), path, value), ...switched }
          assert.throws(() => resolveConfig(options, {}), { name: error, message: `${named} ${message}` })
        }
      })
    }
  })
}

describe('a wrong option is named by its path', () => {
  const rows: [options: unknown, message: RegExp][] = [
    [null, /^options must be an object, got null$/],
    [[], /^options must be an object, got an array$/],
    ['otlp', /^options must be an object, got a string$/],
    [{ metrics: {} }, /^options\.metrics is not an option; accepted are serviceName, .*, logger$/],
    [{ enabled: 'yes' }, /^enabled must be true or false, got "yes"$/],
    [{ exporters: [undefined] }, /^exporters\[0\] must be an object, got undefined$/],
    [{ exporters: [{ kind: 'console' }, { kind: 'otlp', url: 1 }] }, /^exporters\[1\]\.url must be an http/],
    [{ propagators: ['baggage', 'xray'] }, /^propagators\[1\] must be one of tracecontext, .*, none, got "xray"$/],
  ]
  for (const [options, message] of rows) {
    test(`${show(options)}: ${message}`, () => {
      assert.throws(() => resolveConfig(options as TracingOptions, {}), { message })
    })
  }
})

test('an unknown option that is undefined is let through', () => {
  assert.equal(resolveConfig({ metrics: undefined } as TracingOptions, {}).enabled, false)
})

/** 'a.b["c"]' names c inside b inside a. */
function put(tree: Tree, path: string, value: unknown): Tree {
  const keys = [...path.matchAll(/\["(.*)"\]|[^.[]+/g)].map(match => match[1] ?? match[0])
  const last = keys.pop()!
  let place = tree
  for (const key of keys) place = place[key] as Tree
  place[last] = value
  return tree
}

function show(value: unknown): string {
  return typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value) : String(value)
}
