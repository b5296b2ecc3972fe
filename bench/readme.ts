import { figure, interval } from './figures.ts'
import { formatMachine } from './machine.ts'
import type { Row } from './report.ts'
import type { Results } from './results.ts'

const BEGIN = '<!-- What follows is written by the bench, with its option publish. -->'
const END = '<!-- What the bench writes ends here. -->'
const FOLDER = 'bench/published'

/** What each column shows, and where from. */
const COLUMNS = [
  { name: 'span-active', head: 'the thread that records it' },
  { name: 'total', head: 'processor time of all threads until acknowledged' },
  { name: 'burst', head: 'of 100,000 in one loop' },
]
const CHARTS = /^(span-active|total|grow-.*)$/

/** The README with what it says of `results` brought up to date. Throws where it has no place for it. */
export function updateReadme(readme: string, results: Results): string {
  const [before, rest] = split(readme, BEGIN)
  const [, after] = split(rest, END)
  return [before, BEGIN, '\n\n', formatBlock(results), '\n\n', END, after].join('')
}

function split(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark)
  if (at < 0) throw new Error(`the README lacks the line ${mark}`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

function formatBlock(results: Results): string {
  const { rows } = results
  const columns = COLUMNS.filter(({ name }) => rows.some(row => row.name === name))
  const subjects = [...new Set(rows.filter(({ name }) => columns.some(each => each.name === name)).map(of))]
  const cell = (name: string, subject: string): string =>
    format(rows.find(row => row.name === name && of(row) === subject))
  const table = [
    ['a span with five attributes, made current', ...columns.map(({ head }) => head)],
    ['---', ...columns.map(() => '---')],
    ...subjects.map(subject => [subject, ...columns.map(({ name }) => cell(name, subject))]),
  ]
  const charts = [...new Set(rows.map(({ name }) => name))].filter(name => CHARTS.test(name))
  return [
    table.map(cells => `| ${cells.join(' | ')} |`).join('\n'),
    ...charts.map(name => `![${name}](${FOLDER}/${name}.svg)`),
    `Medians and 95 % intervals on ${formatMachine(results)}. [All figures](${FOLDER}/report.md).`,
  ].join('\n\n')
}

function of({ subject }: Row): string {
  return subject
}

function format(row: Row | undefined): string {
  if (row === undefined) return ''
  if (row.invalid !== undefined) return 'loses spans'
  return `${figure(row.median)} ${row.unit} (${interval(row)})`
}
