import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawCharts } from './charts.ts'
import { describeMachine, type Machine } from './machine.ts'
import { formatMarkdown } from './markdown.ts'
import type { Answer, Ratio, Row } from './report.ts'

export interface Section extends Answer {
  readonly question: string
  readonly title: string
}

/** What results/latest.json holds. */
export interface Results extends Machine {
  readonly rows: readonly (Row & { readonly question: string })[]
  readonly ratios: readonly (Ratio & { readonly question: string })[]
  readonly titles: Readonly<Record<string, string>>
  readonly notes: readonly string[]
}

export function collectResults(sections: readonly Section[]): Results {
  return {
    ...describeMachine(),
    rows: sections.flatMap(({ question, rows }) => rows.map(row => ({ ...row, question }))),
    ratios: sections.flatMap(({ question, ratios }) => ratios.map(ratio => ({ ...ratio, question }))),
    titles: Object.fromEntries(sections.map(({ question, title }) => [question, title])),
    notes: sections.flatMap(({ notes = [] }) => notes),
  }
}

export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** latest.json, report.md and a chart for each question that has something to compare. */
export function writeReports(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) if (file.endsWith('.svg')) rmSync(join(folder, file))
  const charts = drawCharts(results)
  for (const { file, svg } of charts) writeFileSync(join(folder, file), svg)
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(folder, 'report.md'), formatMarkdown(results, charts))
}
