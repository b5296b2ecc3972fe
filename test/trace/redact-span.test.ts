import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { markError } from '../../src/trace/run-in-span.ts'
import type { RedactField, RedactOptions } from '../../src/types/redact.ts'
import type { Span } from '../../src/types/span.ts'
import { createRecording, recordSpan } from '../support/recording.ts'

const CONTEXT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
const SECRET = 'secret-1-end'
/** Half of it matches nothing. */
const values = [/secret-\d+-end/]
const ERROR = 2

test('the callback is asked at the end, once about every text of the span, and its answers are what is encoded', () => {
  const asked: [RedactField, string, string?][] = []
  const redact: RedactOptions = {
    keys: ['password'],
    with: (field, text, key) => {
      asked.push(key === undefined ? [field, text] : [field, text, key])
      return `<${text}>`
    },
  }
  const view = recordSpan(
    span => {
      span.setAttributes({ text: 'a', list: ['b', null, 'c'], number: 1, password: 'd', object: { e: 1 }, empty: '' })
      span.addEvent('event', { text: 'f', number: 2 })
      span.recordException(Object.assign(new TypeError('g'), { stack: 'h' }))
      span.addLink({ context: CONTEXT, attributes: { text: 'i' } })
      span.setStatus({ code: ERROR, message: 'j' })
      assert.deepEqual(asked, [])
    },
    { name: 'name', redact },
  )
  assert.deepEqual(asked, [
    ['name', 'name'],
    ['event', 'event'],
    ['event', 'f', 'text'],
    ['exception', 'TypeError', 'exception.type'],
    ['exception', 'g', 'exception.message'],
    ['exception', 'h', 'exception.stacktrace'],
    ['link', 'i', 'text'],
    ['status', 'j'],
    ['attribute', 'a', 'text'],
    ['attribute', 'b', 'list'],
    ['attribute', 'c', 'list'],
    ['attribute', '{"e":1}', 'object'],
  ])
  assert.equal(view.name, '<name>')
  assert.deepEqual(view.status, { code: ERROR, message: '<j>' })
  assert.deepEqual(
    { ...view.attributes },
    {
      text: '<a>',
      list: ['<b>', null, '<c>'],
      number: 1,
      password: '[redacted]',
      object: '<{"e":1}>',
      empty: '',
    },
  )
  assert.deepEqual(
    view.events.map(({ name, attributes }) => [name, { ...attributes }]),
    [
      ['<event>', { text: '<f>', number: 2 }],
      ['exception', { 'exception.type': '<TypeError>', 'exception.message': '<g>', 'exception.stacktrace': '<h>' }],
    ],
  )
  assert.deepEqual({ ...view.links[0]!.attributes }, { text: '<i>' })
})

test('a span is redacted as it is when it ends: what was overwritten is not asked about', () => {
  const asked: string[] = []
  const redact: RedactOptions = {
    with: (_field, text) => {
      asked.push(text)
      return text
    },
  }
  recordSpan(
    span => {
      span.setAttribute('a', 'first').setAttribute('a', 'second')
      span.setStatus({ code: ERROR, message: 'first' }).setStatus({ code: ERROR, message: 'second' })
      span.updateName('renamed')
    },
    { redact },
  )
  assert.deepEqual(asked, ['renamed', 'second', 'second'])
})

describe('limits hold as they do without redaction, and cut what has been redacted', () => {
  const fill = (span: Span): void => {
    for (let i = 0; i < 4; i++) {
      span.setAttribute(`k${i}`, `${SECRET} and more`)
      span.addEvent(`e${i} ${SECRET}`, { a: SECRET, b: SECRET, c: 1 })
      span.addLink({ context: CONTEXT, attributes: { a: SECRET, b: SECRET, c: 1 }, droppedAttributesCount: 5 })
    }
    span.recordException(new Error(SECRET))
    span.setStatus({ code: ERROR, message: SECRET })
  }
  const limits = { attributeCount: 3, attributeValueLength: 8, eventCount: 2, linkCount: 1 }
  const perList = { attributesPerEvent: 2, attributesPerLink: 1 }
  const view = recordSpan(fill, { redact: { values }, limits: { ...limits, ...perList } })

  test('of attributes', () => {
    assert.deepEqual({ ...view.attributes }, { k0: '[redacte', k1: '[redacte', k2: '[redacte' })
    assert.equal(view.droppedAttributesCount, 1)
  })
  test('of events', () => {
    assert.deepEqual([view.events.length, view.droppedEventsCount], [2, 3])
    assert.equal(view.events[1]!.name, 'e1 [redacted]')
    assert.deepEqual({ ...view.events[1]!.attributes }, { a: '[redacte', b: '[redacte' })
    assert.equal(view.events[1]!.droppedAttributesCount, 1)
  })
  test('of links', () => {
    assert.deepEqual([view.links.length, view.droppedLinksCount], [1, 3])
    assert.deepEqual({ ...view.links[0]!.attributes }, { a: '[redacte' })
    assert.equal(view.links[0]!.droppedAttributesCount, 7)
  })
  test('of the status', () => assert.equal(view.status.message, '[redacte'))
})

describe('the cut of long exceptions lets no half of a secret through', () => {
  const MAX = 65_536
  /** Its cut goes through the secret where `heading` stands in front of its stack. */
  const long = (heading = ''): Error => {
    const text = `${'x'.repeat(MAX - heading.length - 6)}${SECRET}`
    return Object.assign(new Error(text), { name: text, stack: text })
  }
  const cause = Object.assign(new Error('outer', { cause: long('outer\nCaused by: ') }), { stack: 'outer' })
  const rows: readonly [what: string, error: unknown][] = [
    ['an error', long()],
    ['its cause', cause],
    ['a member', Object.assign(new AggregateError([long('all\nMember: ')], 'all'), { stack: 'all' })],
    ['a thrown text', long().message],
    ['an error without a stack', Object.assign(new Error(long().message), { stack: undefined })],
  ]
  const longest = (redact: RedactOptions | undefined, error: unknown): { bytes: string; lengths: number[] } => {
    const recording = createRecording(redact === undefined ? {} : { redact })
    const span = recording.tracer.startSpan('span')
    markError(span, error)
    span.end()
    const [{ events, status }] = recording.spans() as [ReturnType<typeof recording.spans>[0]]
    const texts = [status.message, ...Object.values(events[0]!.attributes).map(String)]
    return { bytes: Buffer.from(recording.sink.bytes).toString('latin1'), lengths: texts.map(text => text.length) }
  }
  for (const [what, error] of rows) {
    test(what, () => {
      const { bytes, lengths } = longest({ values }, error)
      assert.equal(bytes.indexOf('secret'), -1)
      for (const length of lengths) assert.ok(length <= MAX, `${length}`)
      assert.ok(longest(undefined, error).bytes.includes('xsecre'), 'without redaction the half is there')
    })
  }
})

test('keys are masked in the span too, in spans of one name that differ in nothing else', () => {
  const { tracer, spans } = createRecording({ redact: { values: [/user-\d+/] } })
  for (let i = 0; i < 3; i++) {
    const span = tracer.startSpan('same')
    span
      .setAttribute('a', i)
      .setAttribute(`user-${i}`, `of user-${i}`)
      .setAttribute('user-9', 'lost')
      .setAttribute('z', i)
    span.end()
    tracer.startSpan('same').setAttributes({ a: 'user', b: i }).end()
  }
  const views = spans().map(view => [{ ...view.attributes }, view.droppedAttributesCount])
  const expected = [0, 1, 2].flatMap(i => [
    [{ a: i, '[redacted]': 'of [redacted]', z: i }, 1],
    [{ a: 'user', b: i }, 0],
  ])
  assert.deepEqual(views, expected)
})

test('what one set-up keeps of repeated texts and names never shows in another', () => {
  const clear = createRecording()
  const hidden = createRecording({ redact: { keys: ['token'], values } })
  for (let round = 0; round < 5; round++) {
    for (const { tracer } of [clear, hidden]) {
      tracer.startSpan(`work ${SECRET}`).setAttributes({ token: 'same', text: SECRET }).end()
    }
  }
  for (const view of clear.spans()) {
    assert.deepEqual([view.name, { ...view.attributes }], [`work ${SECRET}`, { token: 'same', text: SECRET }])
  }
  for (const view of hidden.spans()) {
    assert.deepEqual(
      [view.name, { ...view.attributes }],
      ['work [redacted]', { token: '[redacted]', text: '[redacted]' }],
    )
  }
})

test('a redacted text may be longer than what it replaces', () => {
  const replacement = 'é'.repeat(100_000)
  const view = recordSpan(span => span.setAttributes({ a: SECRET, [SECRET]: [1] }).addEvent(SECRET), {
    name: SECRET,
    redact: { values, replacement },
  })
  assert.deepEqual([view.name, view.events[0]!.name], [replacement, replacement])
  assert.deepEqual({ ...view.attributes }, { a: replacement, [replacement]: [1] })
})

test('trace states are not the program’s text, and stay', () => {
  const traceState = { serialize: () => 'vendor=secret-1-end', get: () => undefined }
  const view = recordSpan(span => span.addLink({ context: { ...CONTEXT, traceState: traceState as never } }), {
    redact: { values },
    options: { parent: { ...CONTEXT, traceState: traceState as never } },
  })
  assert.deepEqual([view.traceState, view.links[0]!.traceState], ['vendor=secret-1-end', 'vendor=secret-1-end'])
})

test('a span that cannot be redacted is dropped and counted', () => {
  const { tracer, recorder, sink } = createRecording({ redact: { keys: ['a'] } })
  const span = tracer.startSpan('span')
  Object.defineProperty(span, 'nameField', { get: () => assert.fail('no memory') })
  span.end()
  assert.deepEqual([recorder.ended, recorder.open.count, sink.refused, sink.records.length], [1, 0, 1, 0])
})
