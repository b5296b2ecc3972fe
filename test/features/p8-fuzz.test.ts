import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Exporter, Span, Tracing, TracingOptions } from '../../src/index.ts'
import * as api from '../../src/index.ts'
import { anything, type Given, hostileValues, largeValues } from '../support/arbitraries-hostile.ts'
import { assertBalanced } from '../support/ledger.ts'
import { OfficialRequest, officialDecode } from '../support/official-otlp.ts'

/** An exporter that has every request read by the official messages. */
class DecodingExporter implements Exporter {
  readonly name: string = 'decoding'
  spans = 0

  export(batch: Parameters<Exporter['export']>[0]): { outcome: 'acked' } {
    const { resourceSpans } = officialDecode(OfficialRequest, batch.request(), true) as unknown as DecodedRequest
    for (const { scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans) for (const span of spans) this.check(span)
    return { outcome: 'acked' }
  }

  private check({ traceId, spanId, startTimeUnixNano, endTimeUnixNano, kind }: DecodedSpan): void {
    this.spans++
    assert.match(traceId, BASE64_OF_16_BYTES)
    assert.match(spanId, BASE64_OF_8_BYTES)
    assert.ok(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano))
    assert.ok(kind >= 1 && kind <= 5)
  }
}

const BASE64_OF_16_BYTES = /^(?!A{22})[A-Za-z0-9+/]{22}==$/
const BASE64_OF_8_BYTES = /^(?!A{11})[A-Za-z0-9+/]{11}=$/

interface DecodedRequest {
  readonly resourceSpans: { scopeSpans: { spans: DecodedSpan[] }[] }[]
}

interface DecodedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly kind: number
}

/** The set-ups of one program, with what has arrived of each. */
let setUps: { readonly tracing: Tracing; readonly exporter: DecodingExporter }[] = []

function setUp(options: TracingOptions = {}): void {
  const exporter = new DecodingExporter()
  const tracing = api.initTracing({
    exporters: { kind: 'custom', exporter },
    exportThread: 'main',
    limits: { attributeCount: 8, eventCount: 4, linkCount: 4 },
    logger: false,
    handleSignals: false,
    ...options,
  })
  setUps.push({ tracing, exporter })
}

/** Redacts as it likes: lets texts through, replaces, drops, answers what is no text, and throws. */
function moody(field: string, text: string): string | undefined {
  const moods = [text, field, undefined, 7 as never]
  if (text.length % 5 === 4) throw new Error('moody')
  api.getTracer().startSpan('while redacting').end()
  return moods[text.length % 5]
}

/** Runs a program that ends all its spans, and holds every set-up of it to its ledger. Answers how many spans have ended. */
async function account(program: () => unknown): Promise<number> {
  setUps = []
  setUp()
  await program()
  let allEnded = 0
  for (const { tracing, exporter } of setUps) {
    await tracing.shutdown()
    const stats = tracing.stats()
    assertBalanced(stats)
    assert.deepEqual([stats.open, stats.exporters.custom?.acked], [0, exporter.spans])
    allEnded += stats.ended
  }
  return allEnded
}

type Arguments = readonly [never, never, never]

/** Every method of a span. */
const METHODS: Readonly<Record<string, (span: Span, ...given: Arguments) => unknown>> = {
  spanContext: span => span.spanContext(),
  setAttribute: (span, key, value) => span.setAttribute(key, value),
  'setAttribute of a fixed key': (span, value) => span.setAttribute('key', value),
  setAttributes: (span, attributes) => span.setAttributes(attributes),
  addEvent: (span, name, attributes, time) => span.addEvent(name, attributes, time),
  addLink: (span, link) => span.addLink(link),
  addLinks: (span, links) => span.addLinks(links),
  setStatus: (span, status) => span.setStatus(status),
  updateName: (span, name) => span.updateName(name),
  isRecording: span => span.isRecording(),
  recordException: (span, exception, time) => span.recordException(exception, time),
  end: (span, time) => span.end(time),
  dispose: span => span[Symbol.dispose](),
}

/** Every function that takes no callback. */
const CALLS: Readonly<Record<string, (...given: Arguments) => unknown>> = {
  getTracer: () => api.getTracer(),
  getTracing: () => api.getTracing().tracer,
  stats: () => api.getTracing().stats(),
  flush: options => api.getTracing().flush(options),
  getCurrentSpan: () => api.getCurrentSpan(),
  setTraceAttribute: (key, value) => api.setTraceAttribute(key, value),
  setTraceError: error => api.setTraceError(error),
  injectTraceContext: carrier => api.injectTraceContext(carrier),
  'injectTraceContext without carrier': () => api.injectTraceContext(),
  extractTraceContext: carrier => api.extractTraceContext(carrier),
  childEnv: env => api.childEnv(env),
  getBaggage: () => api.getBaggage(),
  logFields: format => api.logFields(format),
  getRequestId: () => api.getRequestId(),
  ensureRequestId: () => api.ensureRequestId(),
}

type Callback = (...given: unknown[]) => unknown

/** Every function that runs a callback, and answers what that answers. */
const SCOPES: Readonly<Record<string, (fn: Callback, ...given: Arguments) => unknown>> = {
  span: (fn, name, options) => api.getTracer().span(name, options, fn),
  'span without options': (fn, name) => api.getTracer().span(name, fn),
  startActiveSpan: (fn, name, options, context) =>
    api.getTracer().startActiveSpan(name, options, context, endingIt(fn)),
  traceJob: (fn, name, options) => api.traceJob(name, options, fn),
  'traceJob with a scene': (fn, sceneId, attributes, links) => api.traceJob('job', { sceneId, attributes, links }, fn),
  traceFunction: (fn, name, kind, attributes) => traced({ name, kind, attributes }, fn)(name, kind),
  'traceFunction of a function': fn => api.traceFunction(fn)(),
  withTraceContext: (fn, context) => api.withTraceContext(context, fn),
  'withTraceContext of headers': (fn, carrier) => api.withTraceContext(api.extractTraceContext(carrier), fn),
  withBaggage: (fn, entries) => api.withBaggage(entries, fn),
  'withBaggage of one entry': (fn, key, value) => api.withBaggage([[key, value]], fn),
  bindTraceContext: (fn, ...given) => api.bindTraceContext(fn)(...given),
}

/** `startActiveSpan` leaves that to its callback. */
function endingIt(fn: Callback): (span: Span) => unknown {
  return span => {
    try {
      return fn(span)
    } finally {
      span.end()
    }
  }
}

/** Wrong options of a wrapper throw when it is made, as those of `initTracing` do, and not when it is called. */
function traced(options: object, fn: Callback): Callback {
  const wrapper = attempt(() => api.traceFunction(options, fn))
  return wrapper.way === 'throws' ? api.traceFunction(fn) : (wrapper.value as Callback)
}

/** How a callback ends. */
const WAYS = ['returns', 'throws', 'resolves', 'rejects'] as const

type Step =
  | { readonly do: 'start'; readonly given: readonly [Given, Given] }
  | { readonly do: 'method'; readonly method: string; readonly of: number; readonly given: readonly Given[] }
  | { readonly do: 'call'; readonly call: string; readonly given: readonly Given[] }
  | {
      readonly do: 'scope'
      readonly scope: string
      readonly given: readonly Given[]
      readonly body: readonly Step[]
      readonly way: (typeof WAYS)[number]
      readonly result: Given
    }
  | { readonly do: 'set up again' }
  | { readonly do: 'shut down'; readonly given: Given }

const three = fc.tuple(anything, anything, anything)

const { step } = fc.letrec<{ step: Step }>(tie => ({
  step: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('start' as const), given: fc.tuple(anything, anything) }) },
    {
      weight: 20,
      arbitrary: fc.record({
        do: fc.constant('method' as const),
        method: fc.constantFrom(...Object.keys(METHODS)),
        of: fc.nat(20),
        given: three,
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('call' as const),
        call: fc.constantFrom(...Object.keys(CALLS)),
        given: three,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('set up again' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('shut down' as const), given: anything }) },
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant('scope' as const),
        scope: fc.constantFrom(...Object.keys(SCOPES)),
        given: three,
        body: fc.array(tie('step'), { maxLength: 6 }),
        way: fc.constantFrom(...WAYS),
        result: anything,
      }),
    },
  ),
}))

/** Runs one program; spans stay open across scopes and set-ups, and are used after their end, too. */
class Interpreter {
  private readonly spans: Span[] = []
  private readonly outcomes: Promise<unknown>[] = []

  async run(steps: readonly Step[]): Promise<void> {
    this.perform(steps)
    await Promise.all(this.outcomes)
    for (const span of this.spans) span.end()
  }

  private perform(steps: readonly Step[]): void {
    for (const step of steps) this.performOne(step)
  }

  private performOne(step: Step): void {
    switch (step.do) {
      case 'start':
        this.spans.push(api.getTracer().startSpan(step.given[0](), step.given[1]()))
        return
      case 'method':
        METHODS[step.method]!(this.spanAt(step.of), ...made(step.given))
        return
      case 'call':
        CALLS[step.call]!(...made(step.given))
        return
      case 'scope':
        this.performScope(step)
        return
      case 'set up again':
        setUp({ redact: { keys: ['key', /^k/], values: [/s/], with: moody } })
        return
      case 'shut down':
        this.outcomes.push(api.getTracing().shutdown(step.given()))
    }
  }

  /** Whichever it is, open or ended, recorded or not. */
  private spanAt(index: number): Span {
    if (this.spans.length === 0) this.spans.push(api.getTracer().startSpan('first'))
    return this.spans.at(index % this.spans.length)!
  }

  /** What the callback returns, throws, resolves or rejects with has to come out as it is. */
  private performScope({ scope, given, body, way, result }: Extract<Step, { do: 'scope' }>): void {
    const value: unknown = result()
    // Wrapped: a promise takes over the state of a thenable that it is resolved with.
    const wrapped = { value }
    let calls = 0
    const callback = (): unknown => {
      calls++
      const span = api.getCurrentSpan()
      if (span !== undefined) this.spans.push(span)
      this.perform(body)
      if (way === 'throws') throw value
      if (way === 'returns') return value
      return way === 'resolves' ? Promise.resolve(wrapped) : Promise.reject(wrapped)
    }
    const outcome = attempt(() => SCOPES[scope]!(callback, ...made(given)))
    assert.equal(calls, 1, 'the callback is called once')
    if (way === 'throws' || way === 'returns') {
      assert.equal(outcome.way, way)
      if (isChained(value)) this.outcomes.push(quiet(outcome.value))
      else assert.ok(Object.is(outcome.value, value), 'what came out is what the callback gave')
    } else {
      assert.equal(outcome.way, 'returns')
      this.outcomes.push(assertSettles(outcome.value as Promise<unknown>, way, wrapped))
    }
  }
}

function made(given: readonly Given[]): Arguments {
  return given.map(make => make()) as unknown as Arguments
}

function attempt(run: () => unknown): { readonly way: 'returns' | 'throws'; readonly value: unknown } {
  try {
    return { way: 'returns', value: run() }
  } catch (value) {
    return { way: 'throws', value }
  }
}

/** Of a native promise another one comes back, which settles the same way. */
function isChained(value: unknown): boolean {
  return attempt(() => value instanceof Promise).value === true
}

/** Waits for the promise, if it can be waited for, and handles its rejection. */
async function quiet(promise: unknown): Promise<void> {
  await attempt(() => (promise as Promise<unknown>).then(nothing, nothing)).value
}

function nothing(): void {}

async function assertSettles(promise: Promise<unknown>, way: 'resolves' | 'rejects', value: unknown): Promise<void> {
  const settled = await promise.then(
    result => ['resolves', result],
    reason => ['rejects', reason],
  )
  assert.deepEqual(settled, [way, value])
}

describe('P8: tracing never breaks the program, whatever it is given', () => {
  test('every public function is among the calls', () => {
    const called = new Set([...Object.keys(CALLS), ...Object.keys(SCOPES)].map(name => name.split(' ', 1)[0]))
    const functions = Object.entries(api).filter(([, value]) => typeof value === 'function')
    assert.deepEqual(
      functions.map(([name]) => name).filter(name => !called.has(name)),
      // It throws on wrong options, which is tested below.
      ['initTracing'],
    )
  })

  test('programs of random calls: nothing is thrown, callbacks pass through, every span is whole and accounted for', async t => {
    let ended = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
        ended += await account(() => new Interpreter().run(steps))
      }),
      { numRuns: 150, includeErrorInReport: true },
    )
    t.diagnostic(`${ended} spans`)
    assert.ok(ended > 300, `${ended} spans`)
  })

  for (const [what, make] of Object.entries(hostileValues)) {
    test(`the value "${what}" in every place: nothing is thrown, callbacks pass through, every span is whole`, async () => {
      await account(() => new Interpreter().run(everyCallWith(() => make() as never)))
    })
  }

  for (const [what, make] of Object.entries(largeValues)) {
    test(`the large value "${what}" in every place: nothing is thrown, every span is whole`, async () => {
      const value = make() as never
      const steps = everyCallWith(() => value)
      // Once is enough, since more would take long.
      const isFirst = (step: Step, index: number): boolean => steps.findIndex(other => isAlike(step, other)) === index
      await account(() => new Interpreter().run(steps.filter(isFirst)))
    })
  }

  test('initTracing answers, or throws a TypeError or RangeError and leaves the set-up as it is', () => {
    const options = fc.record(
      Object.fromEntries(OPTIONS.map(name => [name, anything])) as { [name: string]: fc.Arbitrary<Given> },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(options, given => {
        const before = api.getTracing()
        const values = Object.fromEntries(Object.entries(given).map(([name, make]) => [name, make!()]))
        const { way, value } = attempt(() => api.initTracing({ ...values, logger: false } as never))
        if (way === 'returns') return
        assert.ok(value instanceof TypeError || value instanceof RangeError || isHostile(value), String(value))
        assert.equal(api.getTracing(), before)
      }),
      { numRuns: 300, includeErrorInReport: true },
    )
  })
})

/** All but those that would leave this process with handlers, lines or an export thread of its own. */
const OPTIONS = [
  'serviceName',
  'serviceVersion',
  'environment',
  'resource',
  'enabled',
  'sampler',
  'propagators',
  'limits',
  'exportThread',
  'maxQueueBytes',
  'maxBatchBytes',
  'maxBatchDelayMs',
  'exportTimeoutMs',
  'retry',
  'exitTimeoutMs',
  'handleSignals',
  'redact',
]

/** Each method of a span that is open and has then ended, each call, and each scope with each way to end. */
function everyCallWith(value: Given): Step[] {
  const given = [value, value, value] as const
  const steps: Step[] = []
  for (const method of Object.keys(METHODS)) {
    steps.push({ do: 'start', given: [value, value] })
    for (const each of [method, 'end', method]) steps.push({ do: 'method', method: each, of: -1, given })
  }
  for (const call of Object.keys(CALLS)) steps.push({ do: 'call', call, given })
  for (const scope of Object.keys(SCOPES)) {
    for (const way of WAYS) steps.push({ do: 'scope', scope, given, body: steps.slice(-3, -2), way, result: value })
  }
  return steps
}

/** Whether two steps call the same, whatever the span and the way to end. */
function isAlike(one: Step, other: Step): boolean {
  const names = ({ do: kind, ...step }: Step): unknown[] => [
    kind,
    ...['method', 'call', 'scope'].map(key => Reflect.get(step, key)),
  ]
  return names(one).join() === names(other).join()
}

/** What a getter of the options throws is the program's own. */
function isHostile(error: unknown): boolean {
  return error instanceof Error && error.message === 'hostile'
}
