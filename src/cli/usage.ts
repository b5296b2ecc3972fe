import { type ParseArgsConfig, parseArgs } from 'node:util'

/** Exit codes: what was asked for was done, could not be done, or was not understood. */
export const DONE = 0
export const FAILED = 1
export const MISUSED = 2

/** The command line was not understood; the message says why. */
export class UsageError extends Error {}

/** A command of the command line. */
export interface Command {
  /** What follows the command's name, and what it does in one line. */
  readonly synopsis: string
  readonly summary: string
  /** Paragraphs, for `--help`. */
  readonly help: readonly string[]
  run(args: readonly string[]): Promise<number>
}

type Options = NonNullable<ParseArgsConfig['options']>

interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
}

/** Splits the arguments of a command. Throws a UsageError where there is an unknown option, or another number of arguments than `names`. */
export function parseCommand(args: readonly string[], names: readonly string[], options: Options = {}): Parsed {
  const { values, positionals } = parsed(args, options)
  const missing = names[positionals.length]
  if (missing !== undefined) throw new UsageError(`<${missing}> is missing`)
  const extra = positionals[names.length]
  if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one argument too many`)
  return { values: values as Parsed['values'], positionals }
}

function parsed(args: readonly string[], options: Options): { values: object; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    // The sentences after the first are about how to write a positional argument that looks like an option.
    throw new UsageError((error as Error).message.split('. ')[0]!)
  }
}

export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? undefined : end).some(argument => argument === '--help' || argument === '-h')
}
