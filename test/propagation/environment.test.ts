import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EMPTY_CONTEXT, extractContext } from '../../src/propagation/context.ts'
import { withContextEnvironment } from '../../src/propagation/environment.ts'
import type { PropagatorName } from '../../src/types/options.ts'

const ALL: PropagatorName[] = ['tracecontext', 'baggage', 'request-id']
const NEW = {
  TRACEPARENT: '00-12345678901234567890123456789012-1234567890123456-01',
  TRACESTATE: 'foo=1',
  BAGGAGE: 'k=v',
  REQUEST_ID: 'run-7',
}
const OLD = { TRACEPARENT: 'old', TRACESTATE: 'old', BAGGAGE: 'old', REQUEST_ID: 'old', PATH: '/bin' }
const CONTEXT = extractContext(NEW, ALL)

const CHILDREN: [what: string, env: object, context: typeof CONTEXT, propagators: PropagatorName[], child: object][] = [
  ['an empty environment gets the context', {}, CONTEXT, ALL, NEW],
  ['an empty environment stays empty without a context', {}, EMPTY_CONTEXT, ALL, {}],
  ['what is stale is replaced', OLD, CONTEXT, ALL, { ...NEW, PATH: '/bin' }],
  ['what is stale is removed, REQUEST_ID stays', OLD, EMPTY_CONTEXT, ALL, { REQUEST_ID: 'old', PATH: '/bin' }],
  [
    'a trace without tracestate and baggage leaves none behind',
    OLD,
    extractContext({ TRACEPARENT: NEW.TRACEPARENT }, ALL),
    ALL,
    { TRACEPARENT: NEW.TRACEPARENT, REQUEST_ID: 'old', PATH: '/bin' },
  ],
  ['another case is stale too', { Traceparent: 'old', tracestate: 'old' }, CONTEXT, ALL, NEW],
  ['baggage alone leaves the trace as it is', OLD, CONTEXT, ['baggage'], { ...OLD, BAGGAGE: 'k=v' }],
  ['no propagator changes nothing', OLD, CONTEXT, ['none'], OLD],
]

for (const [what, env, context, propagators, child] of CHILDREN) {
  test(`in a child's environment, ${what}`, () => {
    assert.deepEqual(withContextEnvironment(Object.freeze({ ...env }), context, propagators), child)
  })
}

test('of a text in place of an environment nothing is copied', () => {
  assert.deepEqual(withContextEnvironment('PATH=/bin' as never, CONTEXT, ALL), NEW)
})

test('a stale trace is removed from among any number of variables', () => {
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`NAME_${i}`, '']))
  assert.deepEqual(withContextEnvironment({ ...many, ...OLD, REQUEST_ID: undefined }, CONTEXT, ALL), {
    ...many,
    ...NEW,
    PATH: '/bin',
  })
})
