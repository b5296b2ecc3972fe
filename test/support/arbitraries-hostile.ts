import fc from 'fast-check'
import type { SpanContext } from '../../src/types/span.ts'

/** A value that a program may hand over, made anew at each call; behind a function, since fast-check looks into what it hands out. */
export type Given = () => never

const CONTEXT: SpanContext = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }

function throwing(): never {
  throw new Error('hostile')
}

/** Whatever is done to the proxy throws. */
const everyTrap = new Proxy({}, { get: () => throwing }) as ProxyHandler<object>

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

/** Answers something else each time it is asked. */
function fickle(...answers: readonly unknown[]): object {
  let asked = 0
  const next = (): unknown => answers[asked++ % answers.length]
  return new Proxy(
    {},
    {
      get: next,
      has: () => true,
      ownKeys: () => ['traceId', 'a'],
      getOwnPropertyDescriptor: () => ({ value: next(), enumerable: true, configurable: true }),
    },
  )
}

function cyclic(): unknown[] {
  const list: unknown[] = [{}]
  list.push(list, { list })
  return list
}

function nested(depth: number): unknown {
  let value: unknown = 'core'
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? { in: value } : [value]
  return value
}

/** A view of memory that has gone to somebody else. */
function detached(view: (memory: ArrayBuffer) => unknown): unknown {
  const memory = new ArrayBuffer(64)
  const made = view(memory)
  structuredClone(memory, { transfer: [memory] })
  return made
}

function handled(promise: Promise<unknown>): Promise<unknown> {
  promise.catch(() => {})
  return promise
}

function getter(object: object, key: string, get: () => unknown = throwing): object {
  return Object.defineProperty(object, key, { get, enumerable: true, configurable: true })
}

class Private {
  #secret = 1
  get secret(): number {
    return this.#secret
  }
  toJSON(): number {
    return this.#secret
  }
}

class NoExecutor extends Promise<unknown> {
  constructor() {
    super(() => {})
  }
}

/** Objects made to do harm where they are read. */
const hostileObjects: Readonly<Record<string, () => unknown>> = {
  'revoked proxy': () => revoked({}),
  'revoked proxy of an array': () => revoked([]),
  'revoked proxy of a function': () => revoked(() => {}),
  'proxy that refuses': () => new Proxy({}, everyTrap),
  'proxy of an array that refuses': () => new Proxy([], everyTrap),
  'proxy of a Date that refuses': () => new Proxy(new Date(0), everyTrap),
  'proxy of an Error that refuses': () => new Proxy(new Error('e'), everyTrap),
  'proxy of a Map that refuses': () => new Proxy(new Map(), everyTrap),
  'proxy of a Map': () => new Proxy(new Map([['traceparent', 'x']]), {}),
  'proxy of a Date': () => new Proxy(new Date(0), {}),
  'proxy of a typed array': () => new Proxy(new Uint8Array(8), {}),
  'fickle context': () => fickle(CONTEXT.traceId, CONTEXT.spanId, 1, 7, null, {}, throwing),
  'fickle values': () => fickle(7n, Symbol('s'), 'x'.repeat(100_000), [], cyclic()),
  'no conversions': () => ({ toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing }),
  'conversion to an object': () => ({ [Symbol.toPrimitive]: () => ({}) }),
  'throwing toJSON': () => ({ toJSON: throwing }),
  'toJSON without end': () => {
    const toJSON = (): object => ({ toJSON })
    return { toJSON }
  },
  'no prototype': () => Object.create(null),
  'throwing getter': () => getter({}, 'a'),
  'throwing element': () => getter([1], '0'),
  'throwing iterator': () => Object.assign([1, 'a'], { [Symbol.iterator]: throwing }),
  'throwing Date': () => Object.assign(new Date(0), { getTime: throwing, toISOString: throwing }),
  'Error without a message': () => getter(new Error(), 'message'),
  'Error without a stack': () => getter(new Error('e'), 'stack'),
  'Error that is its own cause': () => {
    const error = new Error('e')
    error.cause = error
    return error
  },
  'AggregateError of odd members': () => new AggregateError([cyclic(), revoked({}), null, new Proxy({}, everyTrap)]),
  'link that throws': () =>
    getter({ context: CONTEXT, attributes: new Proxy({}, everyTrap) }, 'droppedAttributesCount'),
  'link with a trace state that throws': () => ({ context: { ...CONTEXT, traceState: { serialize: throwing } } }),
  'link with a trace state that refuses': () => ({
    context: { ...CONTEXT, traceState: new Proxy({}, everyTrap) },
    attributes: { a: cyclic() },
  }),
  'parent that throws': () => ({ spanContext: throwing }),
  'parent with a context that refuses': () => ({ spanContext: () => new Proxy({}, everyTrap) }),
  'context with odd baggage': () => ({
    spanContext: CONTEXT,
    baggage: new Map<unknown, unknown>([
      [1, 2],
      [{}, null],
    ]),
    requestId: 7,
  }),
  'context with baggage that refuses': () => ({ baggage: new Proxy(new Map(), everyTrap), requestId: 'x\n' }),
  'odd options': () => ({
    parent: new Proxy({}, everyTrap),
    links: cyclic(),
    attributes: cyclic(),
    startTime: [throwing, 1],
    kind: 3n,
    root: {},
  }),
  'options that throw': () => getter(getter({}, 'parent'), 'timeoutMs'),
  'status that throws': () => getter({ code: 2 }, 'message'),
  'private fields': () => new Private(),
  'private fields behind a proxy': () => new Proxy(new Private(), {}),
  'detached memory': () => detached(memory => memory),
  'detached bytes': () => detached(memory => new Uint8Array(memory)),
  'detached doubles in an object': () => ({ a: detached(memory => new Float64Array(memory)) }),
  'detached DataView': () => detached(memory => new DataView(memory)),
  'rejected promise': () => handled(Promise.reject(new Error('rejected'))),
  'promise that cannot be chained': () => getter(Promise.resolve(), 'constructor'),
  'promise of a class without executor': () => new NoExecutor(),
  'thenable that throws': () => Object.defineProperty({}, 'then', { value: throwing }),
  'thenable that cannot be read': () => getter({}, 'then'),
  'frozen carrier': () => Object.freeze({ traceparent: 'old' }),
  'carrier that does not let write': () => Object.defineProperty({}, 'traceparent', { set: throwing, get: throwing }),
  'carrier with methods that throw': () => ({
    get: throwing,
    set: throwing,
    delete: throwing,
    keys: throwing,
    size: 1,
  }),
  'frozen Map': () => Object.freeze(new Map([['traceparent', 'old']])),
  'Map with odd keys': () =>
    new Map<unknown, unknown>([
      [{}, 1],
      [Symbol('s'), 2],
      [Number.NaN, 3],
      [cyclic(), cyclic()],
    ]),
  'Map in itself': () => {
    const map = new Map<unknown, unknown>()
    return map.set(map, map)
  },
  'array-like with a lying length': () => ({ length: 2 ** 32, 0: 'a' }),
  'array with a lying length': () =>
    new Proxy([1, 2], { get: (list, key) => (key === 'length' ? 50 : Reflect.get(list, key)) }),
  'array with a length of no number': () =>
    new Proxy([1, 2], { get: (list, key) => (key === 'length' ? 'many' : Reflect.get(list, key)) }),
  'URL and Headers': () => ({ url: new URL('http://c/'), headers: new Headers({ a: 'b' }) }),
  WeakMap: () => new WeakMap(),
  class: () => class {},
  'function that throws': () => throwing,
  cycle: cyclic,
}

/** Values that are only odd. */
const oddValues: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  '-0': () => -0,
  '-1': () => -1,
  '1e300': () => 1e300,
  '2^100': () => 2n ** 100n,
  '-2^63 - 1': () => -(2n ** 63n) - 1n,
  '2^63 - 1': () => 2n ** 63n - 1n,
  symbol: () => Symbol('s'),
  'empty text': () => '',
  __proto__: () => '__proto__',
  'lone surrogates': () => '\udfff a \ud800',
  'control characters': () => '\0\r\n\x1b[2J\u2028',
  bigints: () => new BigInt64Array([-1n, 2n ** 63n - 1n]),
  memory: () => new SharedArrayBuffer(64),
  'invalid Date': () => new Date(Number.NaN),
  'last Date': () => new Date(8.64e15),
  'first Date': () => new Date(-8.64e15),
  'time before 1970': () => [-1, 0],
  'time of no numbers': () => ['now', {}],
  'time too large': () => [1e300, 1e300],
  status: () => ({ code: 2, message: 'why' }),
  OK: () => ({ code: 1 }),
  link: () => ({ context: CONTEXT }),
  'links of all kinds': () => [{ context: CONTEXT }, null, 7],
  options: () => ({ parent: CONTEXT, kind: 1, attributes: { a: 1 }, links: [{ context: CONTEXT }] }),
  root: () => ({ root: true, attributes: { a: [1, null] } }),
  time: () => [1_700_000_000, 1],
  headers: () => ({ TraceParent: `00-${CONTEXT.traceId}-${CONTEXT.spanId}-01`, tracestate: 'a=b', baggage: 'k=v' }),
  'unsampled headers': () => ({ traceparent: `00-${CONTEXT.traceId}-${CONTEXT.spanId}-00` }),
}

/** Values that take long by their size alone: too slow to be drawn at random. */
export const largeValues: Readonly<Record<string, () => unknown>> = {
  'long text': () => 'x'.repeat(70_000),
  'very long text': () => 'é'.repeat(140_000),
  'key too long for a call': () => 'k'.repeat(140_000),
  holes: () => new Array(20_000),
  'huge length': () => new Array(2 ** 32 - 1),
  'many numbers': () => Array.from({ length: 10_000 }, (_, i) => i / 2),
  'many keys': () => Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key${i}`, i])),
  deep: () => nested(10_000),
  'typed array': () => new Float32Array(20_000),
}

/** All the others by their names. */
export const hostileValues: Readonly<Record<string, () => unknown>> = {
  ...hostileObjects,
  ...oddValues,
}

const arbitrary: fc.Arbitrary<Given> = fc
  .anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, withSparseArray: true })
  .map(value => named(fc.stringify(value), () => value))

/** Anything at all. A failure names what it was. */
export const anything: fc.Arbitrary<Given> = fc.oneof(oneOf(hostileObjects), oneOf(oddValues), arbitrary)

function oneOf(values: Readonly<Record<string, () => unknown>>): fc.Arbitrary<Given> {
  return fc.constantFrom(...Object.entries(values).map(([name, make]) => named(name, make)))
}

function named(name: string, make: () => unknown): Given {
  return Object.assign(() => make() as never, { [fc.toStringMethod]: () => name })
}
