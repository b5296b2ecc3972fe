import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Answer, printAnswer, writeResults } from './report.ts'

const known = readdirSync(join(import.meta.dirname, 'questions')).map(file => file.replace('.ts', ''))

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { gate: { type: 'boolean' }, rounds: { type: 'string', default: '25' }, help: { type: 'boolean' } },
})
if (flags.help === true) usage(0)
const questions = positionals.length > 0 ? positionals : known
if (questions.some(question => !known.includes(question))) usage(2)

installRivals()
const answers: Answer[] = []
for (const question of questions) {
  const { title, answer } = await import(`./questions/${question}.ts`)
  console.log(title)
  const result: Answer = await answer(Number(flags.rounds))
  printAnswer(result)
  answers.push(result)
}
writeResults(answers)
const missed = answers.flatMap(answer => answer.ratios).filter(ratio => !ratio.ok)
process.exit(flags.gate === true && missed.length > 0 ? 1 : 0)

function usage(code: number): never {
  console.log(`usage: npm run bench -- [${known.join('|')} …] [--rounds N] [--gate]`)
  process.exit(code)
}

function installRivals(): void {
  if (existsSync(join(import.meta.dirname, 'node_modules'))) return
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname, stdio: 'inherit' })
}
