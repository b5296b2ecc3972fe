import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runChild } from '../support/child.ts'

interface Inventory {
  readonly resources: readonly string[]
  readonly listeners: readonly string[]
  readonly storages: number
  readonly builtins: readonly string[]
  readonly undici: boolean
}

interface Traces {
  /** By kind of function and way to trace it: whether that gave the function itself. */
  readonly same: Readonly<Record<string, boolean>>
  readonly before: Inventory
  readonly after: Inventory
}

interface Cost {
  readonly directNs: number
  readonly tracedNs: number
  readonly heap: Heap
  /** What is on it beyond that of the function itself. */
  readonly allocating: Heap
}

type Heap = Readonly<Record<string, { readonly bytes: number; readonly collections: number }>>

const everything = new URL('programs/off.mjs', import.meta.url)
const cost = new URL('programs/off-cost.mjs', import.meta.url)
/** Nothing listens there; only the exporter's own thread hears of it. */
const otlp = { kind: 'otlp', url: 'http://127.0.0.1:1' }
const MAX_ADDED_NS = 3
/** The young generation is large enough for all that calls give: no collection in between. */
const HEAP_FLAGS = ['--expose-gc', '--min-semi-space-size=32', '--max-semi-space-size=32']
/** What taking the measurement leaves on the heap itself, with room to spare; one word a call would be 80 MB. */
const MEASUREMENT_BYTES = 64 * 1024

async function runEverything(options: object | 'unset'): Promise<Traces> {
  const argument = options === 'unset' ? options : JSON.stringify({ ...options, logger: false, exitTimeoutMs: 0 })
  const { stdout, stderr, code } = await runChild(everything, {
    args: [argument],
    env: { NODE_V8_COVERAGE: undefined },
  })
  assert.deepEqual([code, stderr], [0, ''])
  return JSON.parse(stdout) as Traces
}

/** Every kind of function, by every way to trace it. */
function assertAll(same: Traces['same'], expected: boolean): void {
  assert.equal(Object.keys(same).length, 16)
  for (const [what, isSame] of Object.entries(same)) assert.equal(isSame, expected, what)
}

describe('P7: off is free', () => {
  for (const [what, options] of [
    ['nothing turns tracing on', 'unset'],
    ['enabled is false', { enabled: false }],
    ['enabled is false and there is an exporter', { enabled: false, exporters: otlp }],
  ] as const) {
    test(`where ${what}, wrapping gives the function itself and nothing is left behind in the process`, async () => {
      const { same, before, after } = await runEverything(options)
      assertAll(same, true)
      assert.deepEqual(after, before)
      assert.deepEqual([after.storages, after.builtins, after.undici], [0, [], false])
    })
  }

  test('the same program does leave something behind while tracing is on', async () => {
    const { same, before, after } = await runEverything({ exporters: otlp, exportThread: 'main' })
    assertAll(same, false)
    assert.notDeepEqual(after.listeners, before.listeners)
    assert.deepEqual([after.storages, after.builtins], [1, ['worker_threads', 'crypto', 'http']])
  })

  test('a function that was wrapped before tracing was settled as off: 10,000,000 calls', async t => {
    const { stdout } = await runChild(cost, { execArgv: HEAP_FLAGS, env: { NODE_V8_COVERAGE: undefined } })
    const { directNs, tracedNs, heap, allocating } = JSON.parse(stdout) as Cost
    t.diagnostic(`${directNs.toFixed(2)} ns a call, wrapped ${tracedNs.toFixed(2)} ns`)
    assert.ok(tracedNs - directNs <= MAX_ADDED_NS, `${tracedNs} ns against ${directNs}`)
    for (const [what, { bytes, collections }] of Object.entries({ ...heap, ...allocating })) {
      assert.ok(bytes < MEASUREMENT_BYTES && collections === 0, `${what}: ${bytes} bytes, ${collections} collections`)
    }
  })

  test('the same calls do leave something on the heap while tracing is on', async () => {
    const { stdout } = await runChild(cost, { args: ['on'], execArgv: HEAP_FLAGS })
    const { heap, allocating } = JSON.parse(stdout) as Cost
    for (const [what, { bytes, collections }] of Object.entries({ span: heap['startSpan and end']!, ...allocating })) {
      assert.ok(bytes > MEASUREMENT_BYTES || collections > 0, `${what}: ${bytes} bytes, ${collections} collections`)
    }
  })
})
