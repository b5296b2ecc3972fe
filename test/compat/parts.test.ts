import assert from 'node:assert/strict'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { runChild } from '../support/child.ts'
import { createProgram, type InstalledProgram } from '../support/installed.ts'

/** Uses what the argument names, and says which files of the package that has read and what it gave. */
const PROGRAM = `
import fs from 'node:fs'
const files = []
const { readFileSync } = fs
fs.readFileSync = (file, ...rest) => {
  const part = /[^/]+\\.cjs$/.exec(String(file))
  if (part !== null) files.push(part[0])
  if (part !== null && process.env.FAILS === String(files.length)) throw new Error('EMFILE: too many open files')
  return readFileSync(file, ...rest)
}
const { childEnv, extractTraceContext, initTracing, injectTraceContext, traceFunction, withBaggage, withTraceContext } = await import('blueprint-tracing')
const traceparent = '00-${'1'.repeat(32)}-${'2'.repeat(16)}-01'
const passOn = headers => withTraceContext(extractTraceContext(headers), () => injectTraceContext())
const isSetUp = (otlp, options) =>
  initTracing({ exporters: { kind: 'otlp', url: 'http://collector.test', ...otlp }, exitTimeoutMs: 0, ...options }).enabled
const double = n => 2 * n
class Doubler {
  double(n) { return 2 * n }
}
const uses = {
  traceparent: () => passOn({ traceparent, 'x-request-id': 'run-7' }),
  environment: () => childEnv({}).TRACEPARENT,
  tracestate: () => passOn({ traceparent, tracestate: 'a=1' }),
  baggage: () => withBaggage({ scene: 'bunny' }, () => injectTraceContext().baggage),
  b3: () => passOn({ b3: '${'1'.repeat(32)}-${'2'.repeat(16)}-1', 'x-request-id': 'run-7' }),
  baggageTwice: () => [uses.baggage(), uses.baggage()],
  plain: () => isSetUp({}),
  headers: () => isSetUp({ headers: { a: 'b' } }),
  tls: () => isSetUp({ tls: { serverName: 'a' } }),
  redact: () => isSetUp({}, { redact: { keys: ['a'] } }),
  wrapped: () => traceFunction(double)(21),
  named: () => traceFunction({ name: 'twice' }, double)(21),
  decorated: () => {
    const { value } = Object.getOwnPropertyDescriptor(Doubler.prototype, 'double')
    const replaced = traceFunction()(value, { kind: 'method', name: 'double' }) ?? value
    return replaced.call(new Doubler(), 21)
  },
}
const gave = uses[process.argv[2]]()
// What is to be said waits for a set-up to know where.
initTracing({ enabled: false })
console.log(JSON.stringify({ gave, files }))
`
const TRACEPARENT = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
const HEADERS = 'propagation-other-headers.cjs'
const FUNCTIONS = 'trace-traced-functions.cjs'
const RECORDING = 'recording.cjs'
const OPTIONS = 'config-other-options.cjs'
const REDACTION = 'trace-redaction.cjs'
const B3_CONTEXT = { b3: `${'1'.repeat(32)}-${'2'.repeat(16)}-1`, 'x-request-id': 'run-7' }

interface Row {
  readonly use: string
  readonly env?: Readonly<Record<string, string>>
  /** What is read for it. */
  readonly files: readonly string[]
  readonly gives: unknown
  /** The same where the last of the files has been left behind. */
  readonly without?: unknown
}

const rows: readonly Row[] = [
  { use: 'traceparent', files: [], gives: { traceparent: TRACEPARENT, 'x-request-id': 'run-7' } },
  { use: 'environment', env: { TRACEPARENT }, files: [], gives: TRACEPARENT },
  {
    use: 'tracestate',
    files: [HEADERS],
    gives: { traceparent: TRACEPARENT, tracestate: 'a=1' },
    without: { traceparent: TRACEPARENT },
  },
  { use: 'baggage', files: [HEADERS], gives: 'scene=bunny' },
  {
    use: 'b3',
    env: { OTEL_PROPAGATORS: 'b3,request-id' },
    files: [HEADERS],
    gives: B3_CONTEXT,
    without: { 'x-request-id': 'run-7' },
  },
  { use: 'wrapped', files: [FUNCTIONS], gives: 42, without: 42 },
  { use: 'named', files: [FUNCTIONS], gives: 42, without: 42 },
  { use: 'decorated', files: [FUNCTIONS], gives: 42, without: 42 },
  { use: 'plain', files: [RECORDING], gives: true, without: false },
  { use: 'headers', files: [RECORDING, OPTIONS], gives: true, without: false },
  { use: 'tls', files: [RECORDING, OPTIONS], gives: true, without: false },
  { use: 'redact', files: [RECORDING, OPTIONS, REDACTION], gives: true, without: false },
  ...['OTEL_EXPORTER_OTLP_HEADERS', 'HTTP_PROXY', 'OTEL_EXPORTER_OTLP_CERTIFICATE'].map(name => ({
    use: 'plain',
    env: { [name]: 'http://a=b' },
    files: [RECORDING, OPTIONS],
    gives: true,
    without: false,
  })),
]

describe('parts of the package are loaded for what they are about (after a build)', () => {
  let program: InstalledProgram
  before(() => {
    program = createProgram()
    program.install()
  })
  after(() => program.remove())

  async function run(use: string, env: Readonly<Record<string, string>> = {}): Promise<Seen> {
    const url = program.write('app.mjs', PROGRAM)
    const options = { args: [use], cwd: program.folder, env: { OTEL_LOG_LEVEL: 'error', ...env } }
    const { code, stdout, stderr } = await runChild(url, options)
    assert.equal(code, 0, stderr)
    return { ...JSON.parse(stdout), stderr }
  }

  for (const { use, env, files, gives } of rows) {
    test(`${use} ${Object.keys(env ?? {})}: ${files.join() || 'none'}`, async () => {
      const { gave, files: loaded, stderr } = await run(use, env)
      assert.deepEqual([gave, loaded, stderr], [gives, files, ''])
    })
  }

  test('one that cannot be read for a while is read later', async () => {
    const { gave, files, stderr } = await run('baggageTwice', { FAILS: '1' })
    assert.deepEqual(
      [gave, files],
      [
        [null, 'scene=bunny'],
        [HEADERS, HEADERS],
      ],
    )
    assert.match(stderr, /blueprint-tracing passes on no header but .*EMFILE/)
  })

  const others: [use: string, part: string, gives: unknown][] = [
    ['baggage', HEADERS, undefined],
    // Both take from a file of the build that is gone, too.
    ['tls', OPTIONS, false],
    ['redact', REDACTION, false],
  ]
  for (const [use, part, gives] of others) {
    test(`${part} of another build is not used`, async () => {
      const file = join(program.folder, 'node_modules/blueprint-tracing/dist', part)
      const code = readFileSync(file, 'utf8')
      const [, build] = /parts\["index\.js"\];\w+\("([^"]+)"\)/.exec(code) ?? []
      writeFileSync(file, code.replaceAll(`"${build}"`, '"another"').replace(/"chunk-\w+\.js"/, '"chunk-another.js"'))
      const { gave, stderr } = await run(use)
      writeFileSync(file, code)
      assert.equal(gave, gives)
      assert.match(stderr, /it is of another build than what has been loaded/)
    })
  }

  test('an entry of another build is not loaded', async () => {
    const file = join(program.folder, 'node_modules/blueprint-tracing/dist/jobs.js')
    const code = readFileSync(file, 'utf8')
    const changed = code.replace(/(=\w+\()"[\w-]{8}"/, '$1"another"')
    assert.notEqual(changed, code)
    writeFileSync(file, changed)
    const url = program.write('jobs.mjs', "await import('blueprint-tracing/jobs')")
    const { code: exitCode, stderr } = await runChild(url, { cwd: program.folder })
    writeFileSync(file, code)
    assert.equal(exitCode, 1)
    assert.match(stderr, /it is of another build than what has been loaded/)
  })

  for (const { use, env, files, without } of rows) {
    const part = files.at(-1)
    if (part === undefined) continue
    test(`${use} ${Object.keys(env ?? {})} without ${part}: the program goes on, and is told`, async () => {
      const file = join(program.folder, 'node_modules/blueprint-tracing/dist', part)
      renameSync(file, `${file}.away`)
      const { gave, stderr } = await run(use, env)
      renameSync(`${file}.away`, file)
      assert.deepEqual(gave, without)
      assert.match(stderr, new RegExp(`blueprint-tracing.*ENOENT.*${part}`))
    })
  }
})

interface Seen {
  readonly gave: unknown
  readonly files: readonly string[]
  readonly stderr: string
}
