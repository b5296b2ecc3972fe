import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { COUNT } from '../encoders/spans.ts'
import { type Counter, findCounter } from '../instructions/counter.ts'
import { clearProgress, showProgress } from '../progress.ts'
import { type Answer, ratio, row } from '../report.ts'

export const title = 'instructions: how many a span takes, which no other program on the machine changes'

const SUBJECTS = ['blueprint', 'opentelemetry'] as const
/** Without threads that compile meanwhile, and with the same seeds in every run. */
const NODE_OPTIONS = ['--single-threaded', '--hash-seed=1', '--random-seed=1']
/** The difference of the two is that of warm code, without the start of the process. */
const FEW_BATCHES = 20
const MANY_BATCHES = 60

export async function answer(): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'instructions-'))
  try {
    const counter = await findCounter(folder)
    if (counter === undefined)
      return notCounted('perf stat has no counter of instructions here, and there is no valgrind')
    const answers = [await measure('record', counter, folder), await measure('encode', counter, folder)]
    return {
      rows: answers.flatMap(({ rows }) => rows),
      ratios: answers.flatMap(({ ratios }) => ratios),
      notes: [`Instructions were counted by ${counter.tool}.`],
    }
  } catch (error) {
    // valgrind does not bear every Node; anything else is a mistake here.
    if (!(error instanceof Error && 'cmd' in error)) throw error
    return notCounted(error.message.split('\n')[0]!)
  } finally {
    clearProgress()
    rmSync(folder, { recursive: true })
  }
}

function notCounted(reason: string): Answer {
  return { rows: [], ratios: [], notes: [`Instructions were not counted: ${reason}.`] }
}

async function measure(what: string, counter: Counter, folder: string): Promise<Answer> {
  const name = `instructions-${what}`
  const counts: number[] = []
  for (const subject of SUBJECTS) {
    showProgress(`${name}: ${subject}, by ${counter.tool}`)
    counts.push(await instructionsPerSpan(`${what}-${subject}`, counter, folder))
  }
  const [ours, theirs] = counts as [number, number]
  return {
    rows: SUBJECTS.map((subject, index) => row(name, subject, 'instructions', [counts[index]!])),
    ratios: [ratio(name, 'opentelemetry', [ours / theirs])],
  }
}

async function instructionsPerSpan(subject: string, counter: Counter, folder: string): Promise<number> {
  const bundle = join(folder, `${subject}.mjs`)
  await build({
    entryPoints: [join(import.meta.dirname, `../instructions/${subject}.ts`)],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  const program = join(import.meta.dirname, '../instructions/program.mjs')
  const count = (batches: number): Promise<number> =>
    counter.count([process.execPath, ...NODE_OPTIONS, program, bundle, String(batches)], folder)
  // Side by side, since that changes no count.
  const [many, few] = await Promise.all([count(MANY_BATCHES), count(FEW_BATCHES)])
  return (many - few) / ((MANY_BATCHES - FEW_BATCHES) * COUNT)
}
