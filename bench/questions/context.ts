import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type Answer, ratio, row } from '../report.ts'

export const title =
  'context: what an await takes before and after the first current span, since AsyncLocalStorage is in use from then on'

export async function answer(rounds: number): Promise<Answer> {
  const before: number[] = []
  const after: number[] = []
  for (let round = 0; round < rounds; round++) {
    before.push(nanosecondsPerAwait('before'))
    after.push(nanosecondsPerAwait('after'))
  }
  return {
    rows: [row('await', 'before', 'ns', before), row('await', 'after', 'ns', after)],
    ratios: [
      ratio(
        'await',
        'before',
        after.map((ns, round) => ns / before[round]!),
      ),
    ],
  }
}

function nanosecondsPerAwait(mode: string): number {
  const program = join(import.meta.dirname, '../await-process.mjs')
  return Number(execFileSync(process.execPath, [program, mode], { encoding: 'utf8' }))
}
