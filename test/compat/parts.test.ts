import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
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
  return readFileSync(file, ...rest)
}
const { childEnv, extractTraceContext, initTracing, injectTraceContext, traceFunction, withBaggage, withTraceContext } = await import('blueprint-tracing')
const traceparent = '00-${'1'.repeat(32)}-${'2'.repeat(16)}-01'
const passOn = headers => withTraceContext(extractTraceContext(headers), () => injectTraceContext())
const double = n => 2 * n
class Doubler {
  double(n) { return 2 * n }
}
const uses = {
  traceparent: () => passOn({ traceparent, 'x-request-id': 'run-7' }),
  environment: () => childEnv({}).TRACEPARENT,
  tracestate: () => passOn({ traceparent, tracestate: 'a=1' }),
  baggage: () => withBaggage({ scene: 'bunny' }, () => injectTraceContext().baggage),
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

/** `without`: what it gives where the part has been left behind; otherwise the same. */
const rows: [use: string, files: string[], gives: unknown, without?: unknown][] = [
  ['traceparent', [], { traceparent: TRACEPARENT, 'x-request-id': 'run-7' }],
  ['environment', [], undefined],
  ['tracestate', [HEADERS], { traceparent: TRACEPARENT, tracestate: 'a=1' }, { traceparent: TRACEPARENT }],
  ['baggage', [HEADERS], 'scene=bunny', undefined],
  ['wrapped', [FUNCTIONS], 42, 42],
  ['named', [FUNCTIONS], 42, 42],
  ['decorated', [FUNCTIONS], 42, 42],
]

describe('parts of the package are loaded for what they are about (after a build)', () => {
  let program: InstalledProgram
  before(() => {
    program = createProgram()
    program.install()
  })
  after(() => program.remove())

  async function run(use: string): Promise<{ gave: unknown; files: string[]; stderr: string }> {
    const url = program.write('app.mjs', PROGRAM)
    const { code, stdout, stderr } = await runChild(url, { args: [use], cwd: program.folder })
    assert.equal(code, 0, stderr)
    return { ...JSON.parse(stdout), stderr }
  }

  for (const [use, files, gives] of rows) {
    test(`${use}: ${files.join() || 'none'}`, async () => {
      const { gave, files: loaded, stderr } = await run(use)
      assert.deepEqual([gave, loaded, stderr], [gives, files, ''])
    })
  }

  describe('where a part is missing', () => {
    before(() => {
      for (const part of [HEADERS, FUNCTIONS]) rmSync(join(program.folder, 'node_modules/blueprint-tracing/dist', part))
    })
    for (const [use, [part], , without] of rows.filter(([, files]) => files.length > 0)) {
      test(`${use}: the program goes on, and is told`, async () => {
        const { gave, stderr } = await run(use)
        assert.deepEqual(gave, without)
        assert.match(stderr, new RegExp(`blueprint-tracing.*ENOENT.*${part}`))
      })
    }
  })
})
