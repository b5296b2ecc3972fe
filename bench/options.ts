import { parseArgs } from 'node:util'

export const USAGE = `usage: npm run bench -- [question …] [options]

  --quick            only what the gate is about, in less than three minutes
  --gate             exit code 1 where a must is missed or a contender is invalid
  --languages        with span: OpenTelemetry for Python, Go and Rust, and fastrace, where their toolchains are
  --rounds N         of each contender (25, and 15 with --quick)
  --publish          of every question: also writes the results to bench/published and what the README says of them
  --compare A B      what changed beyond noise from one result file to another
  --help             this text`

export interface Options {
  readonly questions: readonly string[]
  readonly quick: boolean
  readonly gate: boolean
  readonly languages: boolean
  readonly publish: boolean
  readonly help: boolean
  readonly rounds: number
  /** Two result files. */
  readonly compare: readonly [before: string, after: string] | undefined
}

/** Throws with one sentence where a question, an option or a value is wrong. */
export function parseOptions(args: readonly string[], questions: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      gate: { type: 'boolean', default: false },
      languages: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      compare: { type: 'boolean', default: false },
      rounds: { type: 'string' },
    },
  })
  const { compare, rounds: wantedRounds, ...flags } = values
  const rounds = Number(wantedRounds ?? (flags.quick ? 15 : 25))
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(`--rounds must be a whole number from 1 on, got ${wantedRounds}`)
  }
  if (flags.publish && (flags.quick || positionals.length > 0)) {
    throw new RangeError(
      '--publish takes the place of all that is published: it goes with every question, and without --quick',
    )
  }
  if (compare) return { ...flags, questions: [], rounds, compare: twoFiles(positionals) }
  for (const question of positionals) {
    if (!questions.includes(question)) {
      throw new RangeError(`no question ${question}; there are ${questions.join(', ')}`)
    }
  }
  return { ...flags, questions: positionals, rounds, compare: undefined }
}

function twoFiles(files: readonly string[]): readonly [string, string] {
  const [before, after] = files
  if (before === undefined || after === undefined || files.length > 2) {
    throw new RangeError(`--compare takes two result files, got ${files.length}`)
  }
  return [before, after]
}
