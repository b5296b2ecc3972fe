import { figure, interval, target } from './figures.ts'
import type { Answer, Ratio, Row } from './report.ts'

/** What a question gave, as it is read on a terminal: a row's name stands once, targets behind the ratios that have them. */
export function formatAnswer({ rows, ratios, notes = [] }: Answer): string {
  return [
    ...formatTable(rows.map(cellsOfRow)),
    ...(ratios.length > 0 ? [''] : []),
    ...formatTable(ratios.map(cellsOfRatio)),
    ...notes.map(note => `  ${note}`),
    '',
  ].join('\n')
}

/** One line for each must that is missed, each aim that is, and each contender that is invalid. */
export function formatVerdict(answers: readonly Answer[]): string {
  const rows = answers.flatMap(answer => answer.rows)
  const ratios = answers.flatMap(answer => answer.ratios)
  const named = ({ name, against, value }: Ratio, wanted: string): string =>
    `${name} / ${against} is ${figure(value)}, ${wanted}`
  const lines = [
    ...invalidRows(rows).map(({ name, subject, invalid }) => `INVALID ${name} of ${subject}: ${invalid}`),
    ...ratios.filter(isMissed).map(ratio => `MISSED ${named(ratio, `must ${target(ratio, ratio.must!)}`)}`),
    ...ratios
      .filter(ratio => !isMissed(ratio) && ratio.aimMet === false)
      .map(ratio => `aim missed: ${named(ratio, `aim ${target(ratio, ratio.aim!)}`)}`),
  ]
  const musts = ratios.filter(({ must }) => must !== undefined)
  const aims = ratios.filter(({ aim }) => aim !== undefined)
  lines.push(
    `${musts.filter(ratio => !isMissed(ratio)).length} of ${musts.length} musts met, ` +
      `${aims.filter(({ aimMet }) => aimMet).length} of ${aims.length} aims`,
  )
  return lines.join('\n')
}

export function isMissed({ ok }: Ratio): boolean {
  return !ok
}

export function invalidRows(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ invalid }) => invalid !== undefined)
}

function cellsOfRow(row: Row): string[] {
  const x = row.x === undefined ? '' : `at ${figure(row.x)}`
  return [row.name, row.subject, x, figure(row.median), row.unit, interval(row), invalidText(row)]
}

function invalidText({ invalid }: Row): string {
  return invalid === undefined ? '' : `INVALID: ${invalid}`
}

function cellsOfRatio(ratio: Ratio): string[] {
  const { name, against, value, must, aim, ok, aimMet } = ratio
  return [
    name,
    `/ ${against}`,
    '',
    figure(value),
    '',
    interval(ratio),
    must === undefined ? '' : `must ${target(ratio, must)}: ${ok ? 'met' : 'MISSED'}`,
    aim === undefined ? '' : `aim ${target(ratio, aim)}: ${aimMet ? 'met' : 'missed'}`,
  ]
}

/** The fourth column has numbers. */
const NUMBER_COLUMN = 3

function formatTable(lines: readonly string[][]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map(cells => cells[column]!.length)))
  return lines.map((cells, index) => {
    const shown = cells.map((cell, column) => {
      if (column === 0 && lines[index - 1]?.[0] === cell) return ' '.repeat(widths[0]!)
      return column === NUMBER_COLUMN ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
    })
    return `  ${shown.filter((_, column) => widths[column]! > 0).join('  ')}`.trimEnd()
  })
}
