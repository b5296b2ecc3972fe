import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import {
  type BaggageEntries,
  childEnv,
  extractTraceContext,
  getBaggage,
  getCurrentSpan,
  getTracer,
  initTracing,
  injectTraceContext,
  withBaggage,
  withTraceContext,
} from '../../src/index.ts'
import { setSource } from '../../src/trace/current-source.ts'
import { setNoticeLog } from '../../src/trace/notices.ts'
import type { TracingOptions } from '../../src/types/options.ts'
import { assertBalanced } from '../support/ledger.ts'
import { createRecording } from '../support/recording.ts'

function plain(): Record<string, unknown> {
  return Object.fromEntries(getBaggage())
}

const states: readonly [what: string, options: TracingOptions][] = [
  ['off', { enabled: false }],
  ['on without an exporter', { exporters: [] }],
]
for (const [what, options] of states) {
  test(`while tracing is ${what}, baggage is merged, replaced and removed, and goes out`, async () => {
    initTracing({ ...options, logger: false })
    await withBaggage({ scene: 'bunny', step: 'mesh' }, async () => {
      await setImmediate()
      assert.deepEqual(plain(), { scene: { value: 'bunny' }, step: { value: 'mesh' } })
      const inner = [
        ['scene', null],
        ['step', 'weld, then clean'],
        ['owner', { value: 'é', metadata: 'p=1' }],
      ] as const
      withBaggage(inner, () => {
        assert.deepEqual(plain(), { step: { value: 'weld, then clean' }, owner: { value: 'é', metadata: 'p=1' } })
        const sent = 'step=weld%2C%20then%20clean,owner=%C3%A9;p=1'
        assert.deepEqual([injectTraceContext().baggage, childEnv({}).BAGGAGE], [sent, sent])
      })
      assert.equal(injectTraceContext().baggage, 'scene=bunny,step=mesh')
    })
    assert.deepEqual([plain(), injectTraceContext().baggage], [{}, undefined])
  })
}

describe('while tracing is on', () => {
  test('the current span stays, its children carry the baggage on, and nothing is lost', () => {
    const { source, recorder, spans } = createRecording()
    setSource(source)
    getTracer().span('outer', outer => {
      withBaggage(new Map([['k', 'v']]), () => {
        assert.equal(getCurrentSpan(), outer)
        assert.equal(injectTraceContext().traceparent?.slice(36, 52), outer.spanContext().spanId)
        getTracer().span('inner', () => assert.equal(injectTraceContext().baggage, 'k=v'))
      })
      assert.equal(getBaggage().size, 0)
    })
    const [inner, outer] = spans()
    assert.deepEqual([inner?.name, inner?.parentSpanId], ['inner', outer?.spanId])
    assertBalanced({ ...recorder, open: recorder.open.count, exporters: {} })
  })

  test('an extracted context brings its own, and what is added stays in its scope', () => {
    withTraceContext(extractTraceContext({ baggage: 'a=1;p,b=2' }), () => {
      withBaggage({ b: null, c: '3' }, () => {
        assert.deepEqual(plain(), { a: { value: '1', metadata: 'p' }, c: { value: '3' } })
        withTraceContext(extractTraceContext({}), () => assert.deepEqual(plain(), {}))
      })
      assert.equal(injectTraceContext().baggage, 'a=1;p,b=2')
    })
  })

  test('what is given out cannot be changed from outside', () => {
    withBaggage({ a: '1' }, () => {
      const given = getBaggage() as Map<string, { value: string }>
      given.set('b', { value: '2' })
      assert.deepEqual(plain(), { a: { value: '1' } })
    })
  })
})

function throwing(): never {
  throw new Error('hostile')
}

function* endless(): Generator<[string, string]> {
  for (let i = 0; ; i++) yield [`key.${i}`, 'v']
}

function* breaking(): Generator<[string, string]> {
  yield ['a', '1']
  throw new Error('hostile')
}

const revoked = Proxy.revocable({}, {})
revoked.revoke()
const hostile: readonly [what: string, entries: unknown, kept: Record<string, string>][] = [
  ['undefined', undefined, {}],
  ['null', null, {}],
  ['text', 'a=1', {}],
  ['a number', 7, {}],
  ['a function', throwing, {}],
  ['a revoked proxy', revoked.proxy, {}],
  ['an iterator that throws', { [Symbol.iterator]: throwing }, {}],
  ['an iterable that breaks', breaking(), { a: '1' }],
  ['a getter that throws', Object.defineProperty({ b: '2' }, 'a', { get: throwing, enumerable: true }), { b: '2' }],
  [
    'an entry that throws',
    [
      ['a', Object.defineProperty({}, 'value', { get: throwing })],
      ['b', '2'],
    ],
    { b: '2' },
  ],
  ['pairs that are none', [null, 7, 'ab', [], ['a'], { 0: 'a', 1: 'b' }, ['b', '2']], { b: '2' }],
  ['values of other types', { a: 7, b: true, c: {}, d: [], e: undefined, f: '' }, { f: '' }],
  ['keys that are no tokens', { '': 'v', 'a b': 'v', é: 'v', 'a=b': 'v', 'a,b': 'v', ok: 'v' }, { ok: 'v' }],
  ['a value that is too long', { a: 'x'.repeat(8_192), b: '2' }, { b: '2' }],
  [
    'bad metadata',
    [
      ['a', { value: '1', metadata: ',' }],
      ['b', { value: '2', metadata: 7 }],
    ],
    { a: '1', b: '2' },
  ],
]
describe('in place of entries', () => {
  const lines: string[] = []
  before(() => setNoticeLog((level, message) => lines.push(`${level}: ${message}`)))

  for (const [what, entries, kept] of hostile) {
    test(`${what}: what can be used is, and the callback runs`, () => {
      const result = withBaggage(entries as BaggageEntries, () => {
        assert.deepEqual(plain(), Object.fromEntries(Object.entries(kept).map(([key, value]) => [key, { value }])))
        return 'result'
      })
      assert.equal(result, 'result')
    })
  }

  test('that something was left out has been said once, with a reason', () => {
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^warn: withBaggage leaves out .*: a key has to be a token/)
  })
})

test('of endless entries 64 are taken; those that are known can still be replaced and removed', () => {
  withBaggage(endless(), () => {
    assert.deepEqual([getBaggage().size, getBaggage().has('key.63'), getBaggage().has('key.64')], [64, true, false])
    withBaggage({ 'key.0': 'new', 'key.1': null, more: 'fits', again: 'does not' }, () => {
      assert.equal(getBaggage().get('key.0')?.value, 'new')
      assert.deepEqual(
        ['key.1', 'more', 'again'].map(key => getBaggage().has(key)),
        [false, true, false],
      )
    })
  })
})

test('what the callback throws passes through', () => {
  assert.throws(() => withBaggage({ a: '1' }, throwing), { message: 'hostile' })
})
