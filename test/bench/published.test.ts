import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { figure } from '../../bench/figures.ts'
import { updateReadme } from '../../bench/readme.ts'
import { readResults } from '../../bench/results.ts'
import { docsPages } from '../support/prose.ts'

const root = resolve(import.meta.dirname, '../..')
const published = readResults(join(root, 'bench/published/latest.json'))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

test('what the README shows of the bench is what is published', () => {
  assert.equal(readme, updateReadme(readme, published))
})

test('the README embeds charts that are there', () => {
  const charts = [...readme.matchAll(/!\[[^\]]*\]\((bench\/[^)]+\.svg)\)/g)].map(([, file]) => file!)
  assert.ok(charts.length > 0)
  for (const file of charts) assert.match(readFileSync(join(root, file), 'utf8'), /^<svg /)
})

for (const file of ['README.md', 'RATIONALE.md', ...docsPages()]) {
  test(`every cost of a span in ${file} is a published one`, () => {
    const known = new Set(
      published.rows.flatMap(({ median, low, high, unit }) =>
        [median, low, high].map(value => `${figure(value)} ${unit}`),
      ),
    )
    const said = [...readFileSync(join(root, file), 'utf8').matchAll(/\d[\d.,]* (?:ns|µs|spans\/s)/g)].map(
      ([text]) => text,
    )
    assert.deepEqual(
      said.filter(text => !known.has(text)),
      [],
    )
  })
}
