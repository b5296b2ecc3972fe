import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatComparison } from './compare.ts'
import { formatMachine } from './machine.ts'
import { type Options, parseOptions, USAGE } from './options.ts'
import { loadLanguages, loadQuestion, QUESTIONS, QUICK_QUESTIONS, type Question } from './questions.ts'
import { updateReadme } from './readme.ts'
import { collectResults, type Results, readResults, type Section, writeReports } from './results.ts'
import { formatAnswer, formatVerdict, invalidRows, isMissed } from './table.ts'

const RESULTS = join(import.meta.dirname, 'results')
const PUBLISHED = join(import.meta.dirname, 'published')
const README = join(import.meta.dirname, '../README.md')

const options = readOptions()
if (options.help) {
  console.log(`${USAGE}\n\nquestions: ${QUESTIONS.join(', ')}`)
} else if (options.compare !== undefined) {
  const [before, after] = options.compare.map(readResults)
  console.log(formatComparison(before!, after!))
} else {
  await run(options)
}

async function run({ questions, quick, gate, languages, publish, rounds }: Options): Promise<void> {
  installRivals()
  const asked = questions.length > 0 ? questions : quick ? QUICK_QUESTIONS : QUESTIONS
  const sections: Section[] = []
  for (const question of asked) {
    const loaded = await loadQuestion(question)
    const section = await ask(question, loaded, rounds, quick)
    const isDoubtful = gate && section.ratios.some(isMissed)
    if (isDoubtful) console.log('A must is missed. The machine may have been busy, so once more, and this counts:')
    sections.push(isDoubtful ? await ask(question, loaded, rounds, quick) : section)
  }
  if (languages) sections.push(await ask('languages', await loadLanguages(), rounds, quick))
  const results = collectResults(sections)
  writeReports(results, RESULTS)
  if (publish) publishResults(results)
  for (const note of results.notes) if (note.startsWith('FAILED')) console.log(note)
  console.log(formatVerdict(sections))
  console.log(`${formatMachine(results)}; all of it in bench/results: latest.json, report.md and charts`)
  const isBad = results.ratios.some(isMissed) || invalidRows(results.rows).length > 0
  if (gate && isBad) process.exitCode = 1
}

async function ask(question: string, { title, answer }: Question, rounds: number, quick: boolean): Promise<Section> {
  const start = performance.now()
  console.log(title)
  // A question that fails takes nothing from the others.
  const given = await answer(rounds, { quick }).catch((error: Error): Section => {
    process.exitCode = 1
    return { question, title, rows: [], ratios: [], notes: [`FAILED ${question}: ${error.message}`] }
  })
  console.log(`${formatAnswer(given)}  ${Math.round((performance.now() - start) / 1000)} s\n`)
  return { ...given, question, title }
}

function publishResults(results: Results): void {
  writeReports(results, PUBLISHED)
  writeFileSync(README, updateReadme(readFileSync(README, 'utf8'), results))
}

function readOptions(): Options {
  try {
    return parseOptions(process.argv.slice(2), QUESTIONS)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}

/** Where they are not, or not those of the lock file. */
function installRivals(): void {
  const lock = join(import.meta.dirname, 'package-lock.json')
  const installed = join(import.meta.dirname, 'node_modules/.package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname, stdio: 'inherit' })
  const now = new Date()
  utimesSync(installed, now, now)
}
