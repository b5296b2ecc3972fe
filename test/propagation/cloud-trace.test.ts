import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { formatCloudTrace, parseCloudTrace } from '../../src/propagation/cloud-trace.ts'
import { decisionOf, remoteSpan } from '../../src/propagation/remote-span.ts'
import type { SamplingDecision } from '../../src/propagation/sampling.ts'
import { anyText } from '../support/arbitraries-propagation.ts'

const T = '0af7651916cd43dd8448eb211c80319c'
const P = 'b7ad6b7169203331'
const DECIMAL = '13235353014750950193'

describe('x-cloud-trace-context', () => {
  const rows: [text: string, read: [spanId: string, decision: SamplingDecision | undefined] | undefined][] = [
    [`${T}/${DECIMAL};o=1`, [P, 'accept']],
    [`${T}/${DECIMAL};o=0`, [P, 'deny']],
    [`${T}/${DECIMAL};o=3`, [P, 'accept']],
    [`${T}/${DECIMAL};o=2`, [P, 'deny']],
    [`${T}/${DECIMAL}`, [P, undefined]],
    [`${T.toUpperCase()}/${DECIMAL};o=1`, [P, 'accept']],
    [`${T}/1;o=1`, ['0000000000000001', 'accept']],
    [`${T}/0001;o=1`, ['0000000000000001', 'accept']],
    [`${T}/18446744073709551615;o=1`, ['ffffffffffffffff', 'accept']],
    [` ${T}/1\t`, ['0000000000000001', undefined]],
    [`${T}/18446744073709551616;o=1`, undefined],
    [`${T}/99999999999999999999;o=1`, undefined],
    [`${T}/000000000000000000001;o=1`, undefined],
    [`${T}/0;o=1`, undefined],
    [`${'0'.repeat(32)}/1;o=1`, undefined],
    ['', undefined],
    ['/', undefined],
    [T, undefined],
    [`${T};o=1`, undefined],
    [`${T}/`, undefined],
    [`${T}/;o=1`, undefined],
    [`${T}/${P};o=1`, undefined],
    [`${T}/-1;o=1`, undefined],
    [`${T}/+1;o=1`, undefined],
    [`${T}/1e3;o=1`, undefined],
    [`${T}/0x1;o=1`, undefined],
    [`${T}/1.0;o=1`, undefined],
    [`${T}/ 1;o=1`, undefined],
    [`${T}/1;`, undefined],
    [`${T}/1;o`, undefined],
    [`${T}/1;o=`, undefined],
    [`${T}/1;o=x`, undefined],
    [`${T}/1;o=-1`, undefined],
    [`${T}/1;o=1000`, undefined],
    [`${T}/1;o=1;p=1`, undefined],
    [`${T}/1;p=1`, undefined],
    [`${T}/1;o=1, ${T}/1;o=1`, undefined],
    [`${T.slice(1)}/1;o=1`, undefined],
    [`${T}0/1;o=1`, undefined],
    [`${T.replace('0', 'g')}/1;o=1`, undefined],
    [`x${T}/1;o=1`, undefined],
    [`${T}/1;o=1`.padEnd(256), ['0000000000000001', 'accept']],
    [`${T}/1;o=1`.padEnd(257), undefined],
    [`${T}/${'9'.repeat(200)}`, undefined],
  ]
  for (const [text, read] of rows) {
    test(`${JSON.stringify(text.slice(0, 80))} is ${read?.join(', ') ?? 'refused'}`, () => {
      const span = parseCloudTrace(text)
      assert.deepEqual(span && [span.spanId, decisionOf(span)], read)
      if (span !== undefined) assert.equal(span.traceId, T)
    })
  }

  const written: [decision: SamplingDecision | undefined, text: string][] = [
    ['accept', `${T}/${DECIMAL};o=1`],
    ['debug', `${T}/${DECIMAL};o=1`],
    ['deny', `${T}/${DECIMAL};o=0`],
    [undefined, `${T}/${DECIMAL}`],
  ]
  for (const [decision, text] of written) {
    test(`${decision ?? 'no decision'} is written as ${text}`, () => {
      assert.equal(formatCloudTrace(remoteSpan(T, P, decision)), text)
    })
  }

  test('of any text only what can be written comes out', () => {
    const part = fc.oneof(anyText, fc.constantFrom(T, '/', ';o=', '1', DECIMAL), fc.bigInt().map(String))
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 6 }).map(parts => parts.join('')),
        text => {
          const span = parseCloudTrace(text)
          if (span !== undefined) assert.deepEqual(parseCloudTrace(formatCloudTrace(span)), span)
        },
      ),
    )
  })
})
