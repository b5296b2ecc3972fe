import assert from 'node:assert/strict'
import test from 'node:test'
import { formatDuration, renderSpans } from '../../src/exporters/console-tree.ts'
import { type SpanSketch, sketchBatch } from '../support/batch.ts'

function render(colors: boolean, ...spans: readonly SpanSketch[]): string {
  return renderSpans(sketchBatch(...spans).spans(), { colors }).join('')
}

function exceptionEvent(type: string, message: string): NonNullable<SpanSketch['events']>[number] {
  return {
    name: 'exception',
    attributes: [
      { key: 'exception.type', value: { stringValue: type } },
      { key: 'exception.message', value: { stringValue: message } },
    ],
  }
}

const job: readonly SpanSketch[] = [
  { id: 4, parent: 3, name: 'read file', startUs: 20, endUs: 330 },
  { id: 3, parent: 1, name: 'load', startUs: 10, endUs: 12_310 },
  {
    id: 5,
    parent: 1,
    name: 'weld',
    startUs: 12_400,
    endUs: 1_112_400,
    status: { code: 2, message: 'no vertices' },
    events: [exceptionEvent('MeshError', 'no vertices\n    in bunny.obj')],
  },
  { id: 6, parent: 5, name: 'sort', startUs: 12_500, endUs: 12_500 },
  { id: 1, name: 'job:regen3d-job', startUs: 0, endUs: 1_240_000 },
]

test('draws a trace as a tree with durations and errors', () => {
  assert.equal(
    render(false, ...job),
    [
      'trace 00000000000000000000000000000001',
      '   1.24 s  job:regen3d-job',
      '  12.3 ms  ├─ load',
      '   310 µs  │  └─ read file',
      '   1.10 s  └─ ✗ weld: MeshError: no vertices',
      '     0 µs     └─ sort',
      '',
    ].join('\n'),
  )
})

test('there is a text for each span', () => {
  const texts = renderSpans(sketchBatch({ id: 1 }, { id: 2, parent: 1 }, { id: 3, trace: 2 }).spans(), {
    colors: false,
  })
  assert.deepEqual(
    texts.map(text => text.split('\n').length - 1),
    [2, 1, 2],
  )
})

test('with colours, errors are red and the rest of the frame is dim', () => {
  const [heading, , , , weld] = render(true, ...job).split('\n')
  assert.equal(heading, '\x1b[2mtrace 00000000000000000000000000000001\x1b[0m')
  assert.equal(weld, '\x1b[2m   1.10 s\x1b[0m  └─ \x1b[31m✗ weld: MeshError: no vertices\x1b[0m')
})

test('a span whose parent is elsewhere says where it hangs', () => {
  const text = render(false, { id: 2, parent: 0xab }, { id: 3, trace: 2, parent: 0xcd, flags: 0x301 })
  assert.match(text, /^ +1 µs {2}span 2 \(child of 00000000000000ab\)$/m)
  assert.match(text, /^ +1 µs {2}span 3 \(child of remote 00000000000000cd\)$/m)
})

const reasons: readonly [what: string, span: Partial<SpanSketch>, label: string][] = [
  ['nothing but the status', { status: { code: 2 } }, '✗ span 1'],
  ['a message of two lines', { status: { code: 2, message: 'bad\nworse' } }, '✗ span 1: bad'],
  [
    'a message and another exception',
    { status: { code: 2, message: 'step failed' }, events: [exceptionEvent('Error', 'boom')] },
    '✗ span 1: step failed: Error: boom',
  ],
  ['an exception that was dealt with', { events: [exceptionEvent('Error', 'boom')] }, 'span 1'],
  [
    'the last of two exceptions',
    { status: { code: 2 }, events: [exceptionEvent('Error', 'first'), exceptionEvent('Error', 'second')] },
    '✗ span 1: Error: second',
  ],
  ['a message of 300 characters', { status: { code: 2, message: 'x'.repeat(300) } }, `✗ span 1: ${'x'.repeat(200)}…`],
]
for (const [what, span, label] of reasons) {
  test(`the error line of ${what}`, () => {
    assert.equal(render(false, { id: 1, ...span }).split('\n')[1], `     1 µs  ${label}`)
  })
}

test('text from the program cannot reach the terminal as control characters', () => {
  const text = render(false, {
    id: 1,
    name: 'a\x1b[2J\nb',
    status: { code: 2, message: '\x9b31m' },
    events: [exceptionEvent('\r', '\x07')],
  })
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\x00-\x1f\x7f-\x9f]/)
  assert.equal(text.split('\n').length, 3)
})

test('a chain of 10,000 spans stays within a line each', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => ({ id: i + 1, parent: i }))
  const lines = render(false, ...chain).split('\n')
  assert.equal(lines.length, 1 + 10_000 + 1)
  assert.ok(Math.max(...lines.map(line => line.length)) < 160)
  assert.match(lines.at(-2)!, /\(level 9999\) span 10000$/)
})

const durations: readonly [nanoseconds: bigint, text: string][] = [
  [0n, '0 µs'],
  [1_499n, '1 µs'],
  [999_499n, '999 µs'],
  [999_500n, '1.00 ms'],
  [12_345_678n, '12.3 ms'],
  [999_499_999n, '999 ms'],
  [999_500_000n, '1.00 s'],
  [61_000_000_000n, '61.0 s'],
  [999_500_000_000n, '1000 s'],
  [4_000_000_000_000n, '4000 s'],
  [-2_000n, '-2 µs'],
]
for (const [nanoseconds, text] of durations) {
  test(`${nanoseconds} ns is ${text}`, () => assert.equal(formatDuration(nanoseconds), text))
}
