import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type B3Headers, parseB3, parseB3Multi } from '../../src/propagation/b3.ts'
import { decisionOf } from '../../src/propagation/remote-span.ts'
import type { IncomingTrace, SamplingDecision } from '../../src/propagation/sampling.ts'
import { anyText } from '../support/arbitraries-propagation.ts'

const T = '0af7651916cd43dd8448eb211c80319c'
const SHORT = '8448eb211c80319c'
const PADDED = `0000000000000000${SHORT}`
const P = 'b7ad6b7169203331'
const Q = '05e3ac9a4f6e3b90'
const Z = '0'.repeat(32)

type Read = [traceId: string, spanId: string, decision: SamplingDecision | undefined] | SamplingDecision | undefined

function shown(trace: IncomingTrace | undefined): Read {
  if (typeof trace !== 'object') return trace
  assert.equal(trace.isRemote, true)
  return [trace.traceId, trace.spanId, decisionOf(trace)]
}

describe('b3 in one header', () => {
  const rows: [text: string, read: Read][] = [
    [`${T}-${P}`, [T, P, undefined]],
    [`${T}-${P}-1`, [T, P, 'accept']],
    [`${T}-${P}-0`, [T, P, 'deny']],
    [`${T}-${P}-d`, [T, P, 'debug']],
    [`${T}-${P}-1-${Q}`, [T, P, 'accept']],
    [`${T}-${P}-d-${Q}`, [T, P, 'debug']],
    [`${SHORT}-${P}-1`, [PADDED, P, 'accept']],
    [`${SHORT}-${P}`, [PADDED, P, undefined]],
    ['0', 'deny'],
    ['1', 'accept'],
    ['d', 'debug'],
    [` ${T}-${P}-1\t`, [T, P, 'accept']],
    [' 0 ', 'deny'],
    [`${T}-${P}-1, ${SHORT}-${Q}-0`, [T, P, 'accept']],
    ['0, 1', 'deny'],
    ['', undefined],
    ['2', undefined],
    ['D', undefined],
    ['true', undefined],
    ['-', undefined],
    [T, undefined],
    [`${T}-`, undefined],
    [`-${P}-1`, undefined],
    [`${T}-${P}-`, undefined],
    [`${T}-${P}-2`, undefined],
    [`${T}-${P}-D`, undefined],
    [`${T}-${P}-true`, undefined],
    [`${T}-${P}-1-`, undefined],
    [`${T}-${P}-1-${Q}-`, undefined],
    [`${T}-${P}-1-${Q.slice(1)}`, undefined],
    [`${T}-${P}-1-${Q.toUpperCase()}`, undefined],
    [`${T.toUpperCase()}-${P}-1`, undefined],
    [`${T}-${P.toUpperCase()}-1`, undefined],
    [`${T.slice(1)}-${P}-1`, undefined],
    [`${T}0-${P}-1`, undefined],
    [`${T}-${P.slice(1)}-1`, undefined],
    [`${T}-${P}0-1`, undefined],
    [`${T.replace('0', 'g')}-${P}-1`, undefined],
    [`${Z}-${P}-1`, undefined],
    [`${Z.slice(16)}-${P}-1`, undefined],
    [`${T}-${Z.slice(16)}-1`, undefined],
    [`x${T}-${P}-1`, undefined],
    [`${T}-${P}-1x`, undefined],
    [`${T}_${P}_1`, undefined],
    [`${T.replace('0', 'é')}-${P}-1`, undefined],
    [`${T}-${P}-1`.padEnd(512), [T, P, 'accept']],
    [`${T}-${P}-1`.padEnd(513), undefined],
    ['-'.repeat(512), undefined],
  ]
  for (const [text, read] of rows) {
    test(`${JSON.stringify(text.slice(0, 100))} is ${JSON.stringify(read) ?? 'refused'}`, () => {
      assert.deepEqual(shown(parseB3(text)), read)
    })
  }
})

describe('b3 in several headers', () => {
  const ids = { traceId: T, spanId: P }
  const rows: [headers: Partial<B3Headers>, read: Read][] = [
    [ids, [T, P, undefined]],
    [{ ...ids, sampled: '1' }, [T, P, 'accept']],
    [{ ...ids, sampled: '0' }, [T, P, 'deny']],
    [{ ...ids, sampled: 'true' }, [T, P, 'accept']],
    [{ ...ids, sampled: 'false' }, [T, P, 'deny']],
    [{ ...ids, flags: '1' }, [T, P, 'debug']],
    [{ ...ids, flags: '1', sampled: '0' }, [T, P, 'debug']],
    [{ ...ids, flags: '0', sampled: '0' }, [T, P, 'deny']],
    [{ ...ids, flags: '2' }, [T, P, undefined]],
    [{ ...ids, flags: '' }, [T, P, undefined]],
    [{ traceId: SHORT, spanId: P, sampled: '1' }, [PADDED, P, 'accept']],
    [{ traceId: `${T}, ${SHORT}`, spanId: `${P},${Q}`, sampled: '1, 0' }, [T, P, 'accept']],
    [{ sampled: '0' }, 'deny'],
    [{ sampled: '1' }, 'accept'],
    [{ flags: '1' }, 'debug'],
    [{}, undefined],
    [{ flags: '0' }, undefined],
    [{ traceId: T }, undefined],
    [{ spanId: P, sampled: '1' }, undefined],
    [{ traceId: T, sampled: '1' }, undefined],
    [{ ...ids, sampled: '' }, undefined],
    [{ ...ids, sampled: '2' }, undefined],
    [{ ...ids, sampled: 'TRUE' }, undefined],
    [{ ...ids, sampled: 'd' }, undefined],
    [{ sampled: 'maybe' }, undefined],
    [{ ...ids, traceId: T.toUpperCase() }, undefined],
    [{ ...ids, traceId: Z }, undefined],
    [{ ...ids, spanId: Z.slice(16) }, undefined],
    [{ ...ids, traceId: ` ${T} ` }, [T, P, undefined]],
    [{ ...ids, traceId: T.padEnd(513) }, undefined],
    [{ ...ids, sampled: '1'.padEnd(513) }, undefined],
  ]
  for (const [headers, read] of rows) {
    test(`${JSON.stringify(headers).slice(0, 120)} is ${JSON.stringify(read) ?? 'refused'}`, () => {
      const absent = { traceId: undefined, spanId: undefined, sampled: undefined, flags: undefined }
      assert.deepEqual(shown(parseB3Multi({ ...absent, ...headers })), read)
    })
  }
})

test('of any text only well-formed ids come out', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABg'), minLength: 15, maxLength: 33 })
  const nearlyRight = fc.array(fc.oneof(hex, fc.constantFrom(T, P, SHORT, '1', '0', 'd', '')), { maxLength: 5 })
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        nearlyRight.map(parts => parts.join('-')),
      ),
      text => {
        const read = [
          parseB3(text),
          parseB3Multi({ traceId: text, spanId: P, sampled: '1', flags: undefined }),
          parseB3Multi({ traceId: T, spanId: text, sampled: text, flags: text }),
        ]
        for (const trace of read) {
          if (typeof trace !== 'object') continue
          assert.match(`${trace.traceId}-${trace.spanId}`, /^(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}$/)
        }
      },
    ),
  )
})
