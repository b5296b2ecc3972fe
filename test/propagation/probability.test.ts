import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isTaken, samplingEntryOf, thresholdOf, withThreshold } from '../../src/propagation/probability.ts'
import { createTraceState, parseTraceState } from '../../src/propagation/tracestate.ts'
import { anyText } from '../support/arbitraries-propagation.ts'

const ALL = 2n ** 56n
const RV = '0123456789abcd'
/** Text that has the form of an entry, more or less. */
const nearlyEntry = fc
  .array(fc.constantFrom('ot=', 'foot=', 'a=', 'th', 'rv', 'p', ':', ';', ',', '8', 'fd70a', RV, 'x_.-', ' ', 'A'))
  .map(parts => parts.join(''))

describe('the threshold of a share', () => {
  const rows: [share: number, text: string | undefined][] = [
    [1, '0'],
    [1 / 2, '8'],
    [1 / 3, 'aaab'],
    [1 / 4, 'c'],
    [1 / 5, 'cccd'],
    [1 / 8, 'e'],
    [1 / 10, 'e666'],
    [1 / 16, 'f'],
    [1 / 100, 'fd70a'],
    [1 / 1_000, 'ffbe77'],
    [1e-4, 'fff9724'],
    [1e-5, 'ffff583a'],
    [1e-6, 'ffffef39'],
    [3 / 4, '4'],
    [0.99, '028f'],
    [0.9999, '0007'],
    [1 - 2 ** -53, '0'],
    [2 ** -56, 'ffffffffffffff'],
    [2 ** -55, 'fffffffffffffe'],
    [2 ** -58, undefined],
    [0, undefined],
  ]
  for (const [share, text] of rows) {
    test(`${share} is ${text ?? 'none'}`, () => assert.equal(thresholdOf(share)?.text, text))
  }

  test('takes that share of the randomness, to four digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -40, max: 1, noNaN: true }), share => {
        const { text } = thresholdOf(share)!
        const taken = Number(ALL - BigInt(`0x${text.padEnd(14, '0')}`)) / Number(ALL)
        // Half of the last of four hex digits behind those that are f.
        assert.ok(Math.abs(taken - share) <= Math.min(share * 16, 1) * (0.5 / 16 ** 4) + 2 ** -56, `${text}: ${taken}`)
        assert.match(text, /^(?:0|[0-9a-f]{0,13}[1-9a-f])$/)
      }),
    )
  })

  test('agrees with the comparison of the texts', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 14, maxLength: 14 })
    fc.assert(
      fc.property(digits, fc.oneof(digits, fc.double({ min: 2 ** -56, max: 1, noNaN: true })), (randomness, given) => {
        const threshold =
          typeof given === 'string' ? samplingEntryOf(`ot=th:${given}`)!.threshold! : thresholdOf(given)!
        const { high, low } = samplingEntryOf(`ot=rv:${randomness}`)!.randomness!
        assert.equal(isTaken(high, low, threshold), randomness >= threshold.text.padEnd(14, '0'))
      }),
    )
  })
})

describe('the entry of a trace state', () => {
  type Read = [threshold: string | undefined, hasRandomness: boolean, bare: string] | undefined
  const rows: [traceState: string, read: Read][] = [
    ['ot=th:8', ['8', false, '']],
    ['ot=th:0', ['0', false, '']],
    ['ot=th:fd70a', ['fd70a', false, '']],
    ['ot=th:ffffffffffffff', ['ffffffffffffff', false, '']],
    ['ot=th:80', ['80', false, '']],
    [`ot=rv:${RV}`, [undefined, true, `ot=rv:${RV}`]],
    [`a=1,ot=th:c;rv:${RV};x9:Y_.-,b=2`, ['c', true, `ot=rv:${RV};x9:Y_.-,a=1,b=2`]],
    ['ot=th:', [undefined, false, '']],
    ['ot=th:C', [undefined, false, '']],
    ['ot=th:g', [undefined, false, '']],
    ['ot=th:000000000000000', [undefined, false, '']],
    [`ot=rv:${RV.slice(1)}`, [undefined, false, `ot=rv:${RV.slice(1)}`]],
    [`ot=rv:${RV}0`, [undefined, false, `ot=rv:${RV}0`]],
    [`ot=rv:${RV.toUpperCase()};th:8`, ['8', false, `ot=rv:${RV.toUpperCase()}`]],
    ['', undefined],
    ['a=1', undefined],
    ['foot=th:8', undefined],
    ['ot=th', undefined],
    ['ot=:8', undefined],
    ['ot=th:8;', undefined],
    ['ot=th:8;th:8', undefined],
    ['ot=Th:8', undefined],
    ['ot=9h:8', undefined],
    ['ot= th:8', undefined],
    ['ot=th:8/p:1', undefined],
    ['ot=th:8,B=1', undefined],
  ]
  for (const [traceState, read] of rows) {
    test(`${traceState} is ${JSON.stringify(read) ?? 'none'}`, () => {
      const entry = samplingEntryOf(traceState)
      assert.deepEqual(entry && [entry.threshold?.text, entry.randomness !== undefined, entry.bare], read)
    })
  }

  test('of any text is none or sound', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nearlyEntry), text => {
        const entry = samplingEntryOf(text)
        if (entry === undefined) return
        if (entry.threshold !== undefined) assert.match(entry.threshold.text, /^[0-9a-f]{1,14}$/)
        assert.equal(samplingEntryOf(entry.bare)?.threshold, undefined)
        assert.deepEqual(samplingEntryOf(entry.bare)?.randomness, entry.randomness)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a trace state with another threshold', () => {
  /** With a threshold beside it it would have 257 characters. */
  const long = `xxxxx:${'y'.repeat(246)}`
  const rows: [traceState: string, share: number, written: string][] = [
    ['', 1 / 4, 'ot=th:c'],
    ['', 0, ''],
    ['a=1', 1 / 4, 'ot=th:c,a=1'],
    ['a=1,b=2', 0, 'a=1,b=2'],
    ['a=1,ot=th:8,b=2', 1 / 4, 'ot=th:c,a=1,b=2'],
    ['a=1,ot=th:8,b=2', 0, 'a=1,b=2'],
    [`a=1,ot=p:1;rv:${RV};th:8`, 1 / 4, `ot=th:c;p:1;rv:${RV},a=1`],
    [`a=1,ot=rv:${RV};th:8;p:1`, 0, `ot=rv:${RV};p:1,a=1`],
    ['a=1,ot=p:1;th:c', 1 / 4, 'a=1,ot=p:1;th:c'],
    ['a=1,ot=junk', 1 / 4, 'ot=th:c,a=1'],
    ['a=1,ot=junk', 0, 'a=1,ot=junk'],
    ['foot=th:8', 1 / 4, 'ot=th:c,foot=th:8'],
    [`ot=${long}`, 1 / 4, `ot=${long}`],
    [`ot=th:8888;${long.slice(4)}`, 1 / 3, `ot=th:aaab;${long.slice(4)}`],
  ]
  for (const [traceState, share, written] of rows) {
    test(`${traceState.slice(0, 40) || 'none'} with ${share} is ${written.slice(0, 40) || 'none'}`, () => {
      assert.equal(withThreshold(traceState, thresholdOf(share)), written)
    })
  }

  test('keeps the randomness, the other members and all that is not its own, whatever they are', () => {
    const member = fc.constantFrom('a=1', 'b@c=x y', 'ot=junk', 'ot=th:8;p:1', `ot=rv:${RV}`, 'z=1')
    const states = fc
      .uniqueArray(member, { selector: text => text.slice(0, 2) })
      .map(members => parseTraceState(members.join(','))?.serialize() ?? '')
    fc.assert(
      fc.property(states, fc.constantFrom(0, 0.25, 0.5, 1), (traceState, share) => {
        const threshold = thresholdOf(share)
        const written = withThreshold(traceState, threshold)
        assert.equal(samplingEntryOf(written)?.threshold?.text, threshold?.text)
        assert.deepEqual(samplingEntryOf(written)?.randomness, samplingEntryOf(traceState)?.randomness)
        for (const key of ['a', 'b@c', 'z']) {
          assert.equal(createTraceState(written).get(key), createTraceState(traceState).get(key))
        }
        assert.equal(withThreshold(written, threshold), written)
      }),
    )
  })
})
