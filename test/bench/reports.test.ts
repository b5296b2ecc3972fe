import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { SaxesParser } from 'saxes'
import { readResults, writeReports } from '../../bench/results.ts'
import { MACHINE, resultsOf } from './results.ts'

/** The names of all elements and all text of a document; throws where it is no well-formed XML. */
function parseXml(document: string): { elements: string[]; text: string } {
  const parser = new SaxesParser()
  const elements: string[] = []
  let text = ''
  parser.on('error', error => {
    throw error
  })
  parser.on('opentag', ({ name }) => elements.push(name))
  parser.on('text', content => {
    text += content
  })
  parser.write(document).close()
  return { elements, text }
}

test('the parser takes no chart that is not well-formed', () => {
  for (const broken of ['<svg>', '<svg><text>a & b</text></svg>', '<svg a=1/>']) assert.throws(() => parseXml(broken))
})

describe('the files of a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'))
  after(() => rmSync(folder, { recursive: true }))
  const results = resultsOf(400)
  writeFileSync(join(folder, 'old.svg'), '')
  writeReports(results, folder)
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')

  test('are the results, a report and a chart for each name that has several bars or points', () => {
    assert.deepEqual(readdirSync(folder).sort(), ['grow-spans.svg', 'latest.json', 'report.md', 'span-active.svg'])
  })

  test('are read back', () => {
    assert.deepEqual(readResults(join(folder, 'latest.json')), JSON.parse(JSON.stringify(results)))
  })

  for (const file of ['grow-spans.svg', 'span-active.svg', 'report.md']) {
    test(`${file} names machine, Node version and commit`, () => {
      const text = file.endsWith('.svg') ? parseXml(read(file)).text : read(file)
      for (const part of [MACHINE.cpu, MACHINE.node, MACHINE.commit])
        assert.ok(text.includes(part), `${part} in ${text}`)
    })
  }

  test('bars are as many as there are valid subjects, behind the ground', () => {
    const { elements, text } = parseXml(read('span-active.svg'))
    assert.equal(elements.filter(name => name === 'rect').length, 1 + 2)
    assert.match(text, /400 ns/)
    assert.doesNotMatch(text, /sentry/)
  })

  test('a curve has its points, and names what each x is', () => {
    const { elements, text } = parseXml(read('grow-spans.svg'))
    assert.equal(elements.filter(name => name === 'circle').length, 3)
    assert.equal(elements.filter(name => name === 'polyline').length, 1)
    for (const x of ['1', '10', '100', 'spans']) assert.ok(text.includes(x))
    assert.doesNotMatch(text, /10\.0|1\.00/, 'counts are whole, and so are the steps of the grid')
  })

  test('the report shows what is invalid in place of a figure', () => {
    assert.match(
      read('report.md'),
      /\| span-active \| sentry \| invalid: the sink lacks 7 of its 10 spans \| {2}\| 15 \|/,
    )
    assert.match(
      read('report.md'),
      /\| span-active \| opentelemetry \| 0\.133 \| [^|]+ \| ≤ 0\.200: met \| ≤ 0\.143: met \|/,
    )
  })
})

const published = join(import.meta.dirname, '../../bench/published')
describe('what is published', () => {
  const { cpu, node, commit } = readResults(join(published, 'latest.json'))
  for (const file of readdirSync(published).filter(name => name.endsWith('.svg'))) {
    test(`${file} is well-formed and names machine, Node version and commit`, () => {
      const { text } = parseXml(readFileSync(join(published, file), 'utf8'))
      for (const part of [cpu, node, commit]) assert.ok(text.includes(part), part)
    })
  }
})
