import assert from 'node:assert/strict'
import test from 'node:test'
import { formatLabels, labelPairs, metricName } from '../../src/metrics/labels.ts'
import type { Labels } from '../../src/types/metrics.ts'

const rows: [what: string, labels: Labels, text: string][] = [
  ['are ordered by name', { b: 'x', a: 'y' }, 'a="y",b="x"'],
  ['become text', { n: 1, t: true }, 'n="1",t="true"'],
  ['without a value are left out', { a: undefined, b: null, c: '' }, 'c=""'],
  ['are escaped', { a: 'q"b\\s\nn' }, 'a="q\\"b\\\\s\\nn"'],
  [
    'have names that both formats know',
    { 'scene.id': 'x', '1st': 'y', é: 'z', 'a:b': 'w' },
    '_="z",_1st="y",a_b="w",scene_id="x"',
  ],
  [
    'leave le, quantile and two underscores to others',
    { le: 'x', quantile: 'y', __name__: 'z', '': 'w' },
    '_="w",_name__="z",le_="x",quantile_="y"',
  ],
  ['of one name are one', { 'a.b': 'first', a_b: 'second' }, 'a_b="second"'],
  ['lose lone surrogates, which have no UTF-8', { a: 'x\ud800y' }, 'a="x\ufffdy"'],
]
for (const [what, labels, text] of rows) {
  test(`labels ${what}`, () => assert.equal(formatLabels(labelPairs(labels)), text))
}

test('no labels are none, and what is no object has none', () => {
  for (const labels of [{}, undefined, null, 7]) assert.deepEqual(labelPairs(labels as never), [])
})

test('of very many, and of very long ones, a part is kept', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`l${index}`, 'x'.repeat(5_000)]))
  const pairs = labelPairs(many)
  assert.deepEqual([pairs.length, pairs[0]?.[1].length], [32, 1_024])
})

for (const [name, clean] of [
  ['a.b-c', 'a_b_c'],
  ['9lives', '_9lives'],
  ['ns:x', 'ns:x'],
  ['é', '_'],
  ['', ''],
] as const) {
  test(`metric name ${JSON.stringify(name)} becomes ${JSON.stringify(clean)}`, () =>
    assert.equal(metricName(name), clean))
}
