import assert from 'node:assert/strict'
import test from 'node:test'
import type { SpanView } from '../../src/types/exporter.ts'
import { type Span, SpanKind, type SpanStatus, SpanStatusCode, type TimeInput } from '../../src/types/span.ts'
import { createRecording, recordSpan } from '../support/recording.ts'

const AT = new Date('2023-11-14T22:13:20Z')
const AT_NS = 1_700_000_000_000_000_000n
const NOW_MS = Date.now()

test('a span without options is an internal root with nothing in it', () => {
  const beforeMs = Date.now()
  const view = recordSpan(() => {}, { name: 'plain' })
  assert.match(view.traceId, /^[0-9a-f]{32}$/)
  assert.match(view.spanId, /^[0-9a-f]{16}$/)
  const startMs = Number(view.startTimeUnixNano / 1_000_000n)
  assert.ok(startMs >= beforeMs - 3 && startMs <= Date.now() + 3)
  assert.ok(view.endTimeUnixNano >= view.startTimeUnixNano)
  assert.deepEqual({ ...view, traceId: '', spanId: '', startTimeUnixNano: 0n, endTimeUnixNano: 0n }, EMPTY)
})

const EMPTY: SpanView = {
  traceId: '',
  spanId: '',
  parentSpanId: undefined,
  parentIsRemote: false,
  traceState: '',
  traceFlags: 3,
  name: 'plain',
  kind: SpanKind.INTERNAL,
  startTimeUnixNano: 0n,
  endTimeUnixNano: 0n,
  attributes: Object.create(null),
  events: [],
  links: [],
  status: { code: 0, message: '' },
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
}

test('the options of a span are on it', () => {
  const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
  const view = recordSpan(() => {}, {
    options: { kind: SpanKind.CONSUMER, attributes: { a: 1 }, links: [{ context }], startTime: AT },
  })
  assert.deepEqual([view.kind, view.attributes.a, view.links[0]?.traceId], [4, 1, context.traceId])
  assert.equal(view.startTimeUnixNano, AT_NS)
})

for (const kind of [-1, 5, 1.5, Number.NaN, '1', null]) {
  test(`the kind ${JSON.stringify(kind)} counts as internal`, () => {
    assert.equal(recordSpan(() => {}, { options: { kind: kind as 0 } }).kind, SpanKind.INTERNAL)
  })
}

const names: readonly [name: unknown, text: string][] = [
  ['', ''],
  ['é😀\ud800', 'é😀\ufffd'],
  [7, '7'],
  [null, 'null'],
  [Symbol('s'), 'Symbol(s)'],
  [{ toString: () => 'made' }, 'made'],
  [Object.create(null), ''],
]
for (const [name, text] of names) {
  test(`a name may be anything: '${text}'`, () => {
    assert.equal(recordSpan(() => {}, { name: name as string }).name, text)
    assert.equal(recordSpan(span => span.updateName(name as string)).name, text)
  })
}

test('updateName gives another name; attributes set before and after stay', () => {
  const view = recordSpan(span => span.setAttribute('a', 1).updateName('renamed').setAttribute('b', 2))
  assert.deepEqual([view.name, { ...view.attributes }], ['renamed', { a: 1, b: 2 }])
})

test('the methods chain', () => {
  recordSpan(span => {
    assert.equal(span.setAttribute('a', 1), span)
    assert.equal(span.setAttributes({ b: 2 }), span)
    assert.equal(span.addEvent('e'), span)
    assert.equal(span.addLinks([]).addLink({ context: span.spanContext() }), span)
    assert.equal(span.setStatus({ code: SpanStatusCode.OK }).updateName('n'), span)
  })
})

const ends: readonly [what: string, endTime: TimeInput, end: bigint][] = [
  ['a Date', new Date(AT.getTime() + 1_500), AT_NS + 1_500_000_000n],
  ['seconds and nanoseconds', [1_700_000_001, 7], AT_NS + 1_000_000_007n],
  ['epoch milliseconds', NOW_MS + 0.5, BigInt(NOW_MS) * 1_000_000n + 500_000n],
  ['the start itself', AT, AT_NS],
  ['before the start: the start', new Date(0), AT_NS],
]
for (const [what, endTime, end] of ends) {
  test(`an end may be given as ${what}`, () => {
    const recording = createRecording()
    recording.tracer.startSpan('span', { startTime: AT }).end(endTime)
    assert.equal(recording.spans()[0]!.endTimeUnixNano, end)
  })
}

test('a start in the future makes a span of no length', () => {
  const recording = createRecording()
  recording.tracer.startSpan('span', { startTime: new Date(Date.now() + 3_600_000) }).end()
  const [view] = recording.spans()
  assert.equal(view!.endTimeUnixNano, view!.startTimeUnixNano)
})

test('the low words of start and end are compared without sign', () => {
  const recording = createRecording()
  const span = recording.tracer.startSpan('span', { startTime: [0, 0x7fffffff] })
  span.end([0, 0x80000001])
  assert.equal(recording.spans()[0]!.endTimeUnixNano, 0x80000001n)
})

test('a trace does not run backwards: a child lies within its parent', () => {
  const recording = createRecording()
  for (let i = 0; i < 200; i++) recording.tracer.span('parent', () => recording.tracer.span('child', () => {}))
  const spans = recording.spans()
  for (let i = 0; i < spans.length; i += 2) {
    const [child, parent] = [spans[i]!, spans[i + 1]!]
    assert.ok(parent.startTimeUnixNano <= child.startTimeUnixNano && child.endTimeUnixNano <= parent.endTimeUnixNano)
  }
})

test('a child begins when it is started, not with its parent', () => {
  const recording = createRecording()
  const parent = recording.tracer.startSpan('parent')
  const startMs = performance.now()
  while (performance.now() - startMs < 3) Math.sqrt(startMs)
  recording.tracer.startSpan('child', { parent }).end()
  parent.end()
  const [child, view] = recording.spans()
  assert.ok(child!.startTimeUnixNano - view!.startTimeUnixNano >= 3_000_000n)
})

const lateWrites: readonly [what: string, write: (span: Span) => unknown][] = [
  ['setAttribute', span => span.setAttribute('late', 1)],
  ['setAttribute of a key that is set', span => span.setAttribute('early', 2)],
  ['setAttributes', span => span.setAttributes({ late: 1 })],
  ['addEvent', span => span.addEvent('late')],
  ['recordException', span => span.recordException(new Error('late'))],
  ['addLink', span => span.addLink({ context: span.spanContext() })],
  ['addLinks', span => span.addLinks([{ context: span.spanContext() }])],
  ['setStatus', span => span.setStatus({ code: SpanStatusCode.ERROR })],
  ['updateName', span => span.updateName('late')],
  ['end', span => span.end()],
  ['end at a time', span => span.end(AT)],
  ['dispose', span => span[Symbol.dispose]()],
]
for (const [what, write] of lateWrites) {
  test(`after the end, ${what} does nothing`, () => {
    const recording = createRecording()
    const span = recording.tracer.startSpan('span').setAttribute('early', 1)
    span.end()
    write(span)
    const other = recording.tracer.startSpan('other')
    other.end()
    const [view, otherView] = recording.spans()
    assert.deepEqual([recording.spans().length, recording.recorder.ended, recording.recorder.open.count], [2, 2, 0])
    assert.deepEqual({ ...view, traceId: '', spanId: '', startTimeUnixNano: 0n, endTimeUnixNano: 0n }, EARLY)
    assert.equal(otherView!.name, 'other')
    assert.deepEqual({ ...otherView!.attributes }, {})
  })
}

const EARLY: SpanView = { ...EMPTY, name: 'span', attributes: Object.assign(Object.create(null), { early: 1 }) }

test('an ended span keeps its context and is still a parent', () => {
  const recording = createRecording()
  const parent = recording.tracer.startSpan('parent')
  const before = parent.spanContext()
  parent.end()
  assert.equal(parent.isRecording(), false)
  assert.deepEqual(parent.spanContext(), before)
  recording.tracer.startSpan('child', { parent }).end()
  const [, child] = recording.spans()
  assert.deepEqual([child!.traceId, child!.parentSpanId], [before.traceId, before.spanId])
})

test('a span context that was never asked for before the end is right after it', () => {
  const recording = createRecording()
  const span = recording.tracer.startSpan('span')
  span.end()
  const [view] = recording.spans()
  assert.deepEqual(span.spanContext(), { traceId: view!.traceId, spanId: view!.spanId, traceFlags: 3 })
})

test('using ends a span with its block and never makes it current', () => {
  const recording = createRecording()
  {
    using span = recording.tracer.startSpan('scoped')
    recording.tracer.startSpan('other').end()
    assert.equal(span.isRecording(), true)
  }
  const [other, scoped] = recording.spans()
  assert.deepEqual([scoped!.name, other!.parentSpanId], ['scoped', undefined])
})

const OK: SpanStatus = { code: 1 }
const ERROR: SpanStatus = { code: 2, message: 'why' }
const UNSET: SpanStatus = { code: 0, message: 'x' }
const statuses: readonly [what: string, set: readonly unknown[], code: number, message: string][] = [
  ['nothing', [], 0, ''],
  ['UNSET', [UNSET], 0, ''],
  ['OK, whose message is not kept', [{ code: 1, message: 'x' }], 1, ''],
  ['ERROR with its message', [ERROR], 2, 'why'],
  ['ERROR then UNSET', [ERROR, UNSET], 2, 'why'],
  ['ERROR then another ERROR', [ERROR, { code: 2, message: 'other' }], 2, 'other'],
  ['ERROR then one without a message', [ERROR, { code: 2 }], 2, ''],
  ['ERROR then OK', [ERROR, OK], 1, ''],
  ['OK then ERROR', [OK, ERROR], 1, ''],
  ['OK then UNSET', [OK, UNSET], 1, ''],
  ['unknown codes', [{ code: 3 }, { code: '2' }, {}], 0, ''],
  ['what is no status', [null, undefined, 2, 'ERROR'], 0, ''],
  ['a message that is no text', [{ code: 2, message: 404 }], 2, ''],
]
for (const [what, set, code, message] of statuses) {
  test(`status: ${what}`, () => {
    const view = recordSpan(span => {
      for (const status of set) span.setStatus(status as SpanStatus)
    })
    assert.deepEqual(view.status, { code, message })
  })
}

test('a status message is cut at the limit for values', () => {
  const limits = { attributeValueLength: 3 }
  assert.equal(recordSpan(span => span.setStatus({ code: 2, message: 'abcdef' }), { limits }).status.message, 'abc')
})

test('recordException adds an event and leaves the status alone', () => {
  const error = new TypeError('boom')
  const { events, status } = recordSpan(span => span.recordException(error, AT))
  assert.equal(status.code, 0)
  assert.deepEqual([events[0]!.name, events[0]!.timeUnixNano], ['exception', AT_NS])
  assert.deepEqual(
    { ...events[0]!.attributes },
    { 'exception.type': 'TypeError', 'exception.message': 'boom', 'exception.stacktrace': error.stack },
  )
})
