import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatTraceparent, parseTraceparent } from '../../src/propagation/traceparent.ts'
import { anyText, spanContext } from '../support/arbitraries-propagation.ts'

const T = '12345678901234567890123456789012'
const P = '1234567890123456'
const ZEROS = '0'.repeat(32)

const ACCEPTED: [text: string, traceFlags: number][] = [
  [`00-${T}-${P}-00`, 0],
  [`00-${T}-${P}-01`, 1],
  [`00-${T}-${P}-02`, 2],
  [`00-${T}-${P}-03`, 3],
  [`00-${T}-${P}-ff`, 3],
  [`00-${T}-${P}-09`, 1],
  [`00-${T}-${P}-fe`, 2],
  [` 00-${T}-${P}-01`, 1],
  [`\t00-${T}-${P}-01`, 1],
  [`00-${T}-${P}-01 `, 1],
  [`00-${T}-${P}-01\t`, 1],
  [`\t 00-${T}-${P}-01 \t`, 1],
  [`cc-${T}-${P}-01`, 1],
  [`cc-${T}-${P}-01-what-the-future-will-be-like`, 1],
  [`cc-${T}-${P}-01-`, 1],
  [`01-${T}-${P}-00`, 0],
  [`fe-${T}-${P}-01`, 1],
]

const REFUSED: string[] = [
  '',
  ' ',
  `00-${T}-${P}-01, 00-${T}-${P}-01`,
  `cc-${T}-${P}-01, cc-${T}-${P}-01`,
  `00-${T}-${P}-01.`,
  `00-${T}-${P}-01-`,
  `00-${T}-${P}-01-what-the-future-will-be-like`,
  `cc-${T}-${P}-01.what-the-future-will-be-like`,
  `cc-${T}-${P}-0`,
  `cc-${T}-${P}-`,
  `cc-${T}-${P}`,
  `cc-${T}`,
  'cc',
  `ff-${T}-${P}-01`,
  `ff-${T}-${P}-01-what-the-future-will-be-like`,
  `.0-${T}-${P}-01`,
  `0.-${T}-${P}-01`,
  `000-${T}-${P}-01`,
  `0000-${T}-${P}-01`,
  `0-${T}-${P}-01`,
  `CC-${T}-${P}-01`,
  `00-${ZEROS}-${P}-01`,
  `00-${T.replace('1', '.')}-${P}-01`,
  `00-${T.replace('1', 'g')}-${P}-01`,
  `00-${T.replace('1', 'A')}-${P}-01`,
  `00-${T.slice(1)}-${P}-01`,
  `00-${T}3-${P}-01`,
  `00-${T}-${ZEROS.slice(16)}-01`,
  `00-${T}-${P.replace('1', '.')}-01`,
  `00-${T}-${P.replace('1', 'g')}-01`,
  `00-${T}-${P.replace('1', 'A')}-01`,
  `00-${T}-${P.slice(1)}-01`,
  `00-${T}-${P}7-01`,
  `00-${T}-${P}-.0`,
  `00-${T}-${P}-0.`,
  `00-${T}-${P}-001`,
  `00-${T}-${P}-1`,
  `00-${T}-${P}-0A`,
  `00-${T}-${P}`,
  `00_${T}-${P}-01`,
  `00-${T}_${P}-01`,
  `00-${T}-${P}_01`,
  `00-${T}-${P}-01\r\n`,
  `00-${T}-${P}-0１`,
  `00-${T.replace('1', 'é')}-${P}-01`,
]

for (const [text, traceFlags] of ACCEPTED) {
  test(`accepts ${JSON.stringify(text)} with flags ${traceFlags}`, () => {
    assert.deepEqual(parseTraceparent(text), { traceId: T, spanId: P, traceFlags, isRemote: true })
  })
}

for (const text of REFUSED) {
  test(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseTraceparent(text), undefined))
}

test('a later version may be 512 characters long, blanks included, and no longer', () => {
  const future = `cc-${T}-${P}-01-`.padEnd(512, 'x')
  assert.equal(parseTraceparent(future)?.traceId, T)
  assert.equal(parseTraceparent(`${future}x`), undefined)
  assert.equal(parseTraceparent(`00-${T}-${P}-01`.padStart(10_000_000)), undefined)
})

test('all 256 flags are written as two digits, of which two bits are left', () => {
  for (let traceFlags = 0; traceFlags < 256; traceFlags++) {
    const text = formatTraceparent({ traceId: T, spanId: P, traceFlags })
    assert.equal(text, `00-${T}-${P}-${(traceFlags & 3).toString(16).padStart(2, '0')}`)
  }
})

test('what is formatted parses to the same span, its reserved flags cleared', () => {
  fc.assert(
    fc.property(spanContext, context => {
      const expected = { ...context, traceFlags: context.traceFlags & 3, isRemote: true }
      assert.deepEqual(parseTraceparent(formatTraceparent(context)), expected)
    }),
  )
})

test('any text is refused or names a span that formats to a legal value', () => {
  const nearlyRight = fc.tuple(spanContext, fc.nat(60), anyText).map(([context, at, text]) => {
    const right = formatTraceparent(context)
    return right.slice(0, at) + text + right.slice(at + text.length)
  })
  fc.assert(
    fc.property(fc.oneof(anyText, nearlyRight), text => {
      const context = parseTraceparent(text)
      if (context !== undefined) assert.match(formatTraceparent(context), /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/)
    }),
  )
})
