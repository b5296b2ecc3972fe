import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AttemptResult, attemptExport, unusableExporter } from '../../src/pipeline/attempt.ts'
import { Batch, Parcel } from '../../src/pipeline/batch.ts'
import { FRAME } from '../support/delivery-settings.ts'
import { namedSpans } from '../support/named-spans.ts'

const COUNT = 3

/** One try with an exporter of which only `export` matters, as plain JavaScript might have written it. */
function attempt(
  exportBatch: (batch: unknown, signal: AbortSignal) => unknown,
  timeoutMs = 10_000,
): AttemptResult | Promise<AttemptResult> {
  const parcel = new Parcel(new Batch(namedSpans('a', 'b', 'c'), COUNT, () => {}), FRAME)
  return attemptExport({ name: 'test', export: exportBatch as never }, parcel, timeoutMs, new AbortController())
}

const acked = (counts: object = {}): object => ({ outcome: 'acked', rejected: 0, tooLarge: 0, message: '', ...counts })
const retry = (rest: object = {}): object => ({ outcome: 'retry', settled: 0, afterMs: 0, message: '', ...rest })

const answers: readonly { readonly answer: object; readonly result: object }[] = [
  { answer: { outcome: 'acked' }, result: acked() },
  {
    answer: { outcome: 'acked', rejected: 2, tooLarge: 1, message: 'm' },
    result: acked({ rejected: 2, tooLarge: 1, message: 'm' }),
  },
  { answer: { outcome: 'acked', rejected: 9, tooLarge: 1 }, result: acked({ rejected: 2, tooLarge: 1 }) },
  { answer: { outcome: 'acked', rejected: 1.9 }, result: acked({ rejected: 1 }) },
  { answer: { outcome: 'acked', rejected: Number.NaN, tooLarge: -1 }, result: acked() },
  { answer: { outcome: 'acked', rejected: '1' }, result: acked({ rejected: 1 }) },
  { answer: { outcome: 'acked', rejected: {}, message: {} }, result: acked({ message: '[object Object]' }) },
  { answer: { outcome: 'sent', rejected: 2, tooLarge: 1 }, result: acked({ outcome: 'sent', tooLarge: 1 }) },
  { answer: { outcome: 'retry' }, result: retry() },
  {
    answer: { outcome: 'retry', message: 'm', settled: 2, afterMs: 5 },
    result: retry({ message: 'm', settled: 2, afterMs: 5 }),
  },
  {
    answer: { outcome: 'retry', settled: 9, afterMs: Number.POSITIVE_INFINITY },
    result: retry({ settled: 3, afterMs: 3_600_000 }),
  },
  { answer: { outcome: 'retry', settled: -1, afterMs: Number.NaN }, result: retry() },
  { answer: { outcome: 'too_large', message: 'two\nlines' }, result: { outcome: 'too_large', message: 'two lines' } },
  { answer: { outcome: 'rejected', message: 401 }, result: { outcome: 'rejected', message: '401' } },
]
for (const { answer, result } of answers) {
  test(`${describe(answer)} is understood, at once or later`, async () => {
    assert.deepEqual(
      attempt(() => answer),
      result,
    )
    assert.deepEqual(await attempt(() => Promise.resolve(answer)), result)
  })
}

for (const answer of [undefined, null, 0, 'acked', true, Symbol('acked'), [], {}, { outcome: 'ok' }, () => {}]) {
  test(`${describe(answer)} is no ExportResult: nothing would come of trying again`, async () => {
    const result = { outcome: 'rejected', message: 'its answer is no ExportResult' }
    assert.deepEqual(
      attempt(() => answer),
      result,
    )
    assert.deepEqual(await attempt(() => Promise.resolve(answer)), result)
  })
}

const causes: readonly { readonly cause: unknown; readonly message: string }[] = [
  { cause: new Error('down\u0007'), message: 'down' },
  { cause: 'text', message: 'text' },
  { cause: undefined, message: 'undefined' },
  { cause: Object.create(null), message: 'an error that cannot be shown' },
  { cause: new Error('x'.repeat(5_000)), message: `${'x'.repeat(999)}…` },
]
for (const { cause, message } of causes) {
  test(`an exporter that throws or rejects with ${describe(cause)} has failed for now`, async () => {
    const fail = (): never => {
      throw cause
    }
    assert.deepEqual(attempt(fail), retry({ message }))
    assert.deepEqual(await attempt(() => Promise.reject(cause)), retry({ message }))
  })
}

test('an answer whose fields throw has failed for now', () => {
  const answer = {
    get outcome(): string {
      throw new Error('getter')
    },
  }
  assert.deepEqual(
    attempt(() => answer),
    retry({ message: 'getter' }),
  )
})

test('a promise of another make is awaited', async () => {
  // biome-ignore lint/suspicious/noThenProperty: an object that is awaited is what this is about
  const thenable = { then: (resolve: (answer: object) => void) => resolve({ outcome: 'sent' }) }
  assert.deepEqual(await attempt(() => thenable), acked({ outcome: 'sent' }))
})

test('an exporter that never settles has failed for now, and is told to stop', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let signal: AbortSignal | undefined
  const result = attempt((_, given) => {
    signal = given
    return new Promise(() => {})
  }, 5_000)
  t.mock.timers.tick(5_000)
  assert.equal(signal?.aborted, false, 'an exporter that keeps time itself may answer first')
  t.mock.timers.tick(250)
  assert.deepEqual(await result, retry({ message: 'no answer within 5000 ms' }))
  assert.equal(signal?.aborted, true)
})

test('an exporter without a timeout has the longest one that timers take', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let settle = (_: object): void => {}
  const result = attempt(() => new Promise<object>(resolve => (settle = resolve)), 2 ** 31 - 1)
  t.mock.timers.tick(86_400_000)
  settle({ outcome: 'acked' })
  assert.deepEqual(await result, acked())
})

test('an exporter that could not be set up refuses every batch', () => {
  const exporter = unusableExporter(new Error('no such file'))
  assert.deepEqual(
    attempt(() => exporter.export(undefined as never, undefined as never)),
    {
      outcome: 'rejected',
      message: 'cannot be set up: no such file',
    },
  )
})

function describe(value: unknown): string {
  if (value instanceof Error) return `${value.constructor.name} of ${value.message.length} characters`
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null)
    return 'an object without prototype'
  if (typeof value !== 'object' || value === null) return String(value)
  return JSON.stringify(value, (_, field) => (typeof field === 'number' ? String(field) : field))
}
