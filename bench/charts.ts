import { drawBars } from './charts/bars.ts'
import { drawCurves } from './charts/curves.ts'
import type { Row } from './report.ts'
import type { Results } from './results.ts'

export interface Chart {
  readonly question: string
  readonly file: string
  readonly title: string
  readonly svg: string
}

/** One chart for each name of rows: curves where the rows have an x, else bars where there are subjects to compare. */
export function drawCharts(results: Results): Chart[] {
  const groups = new Map<string, (typeof results.rows)[number][]>()
  for (const row of results.rows) {
    if (row.invalid === undefined) groups.set(row.name, [...(groups.get(row.name) ?? []), row])
  }
  return [...groups].flatMap(([name, rows]) => {
    const svg = draw(name, rows, results)
    return svg === undefined ? [] : [{ question: rows[0]!.question, file: `${name}.svg`, title: name, svg }]
  })
}

function draw(name: string, rows: readonly Row[], results: Results): string | undefined {
  const curves = rows.filter(({ x }) => x !== undefined)
  if (curves.length > 1) return drawCurves(name, curves, results)
  const bars = rows.filter(({ unit }) => unit === rows[0]!.unit)
  return bars.length > 1 ? drawBars(name, bars, results) : undefined
}
