import { printableText } from '../net/printable.ts'
import { abandon } from './dlq-abandon.ts'
import { list } from './dlq-list.ts'
import { resolve } from './dlq-resolve.ts'
import { retry } from './dlq-retry.ts'
import { show } from './dlq-show.ts'
import { complain, print } from './output.ts'
import { asksForHelp, type Command, DONE, FAILED, MISUSED, UsageError } from './usage.ts'

const PROGRAM = 'blueprint-tracing'
const MAX_MESSAGE_CHARACTERS = 2_000

const GROUPS: Readonly<
  Record<string, { readonly summary: string; readonly commands: Readonly<Record<string, Command>> }>
> = {
  dlq: { summary: 'look at dead letters, and see to them', commands: { list, show, retry, resolve, abandon } },
}

/** Runs the command line, and resolves to the exit code: 0 only if what was asked for has been done. Never rejects. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [group, name, ...rest] = args
  const known = group === undefined ? undefined : own(GROUPS, group)
  if (known === undefined) return explain(group, undefined, overview())
  const command = name === undefined ? undefined : own(known.commands, name)
  if (command === undefined) return explain(name, group, groupHelp(group!))
  if (asksForHelp(rest)) return explain('--help', undefined, commandHelp(group!, name!, command))
  try {
    return await command.run(rest)
  } catch (error) {
    complain(printableText(String((error as Error)?.message ?? error), MAX_MESSAGE_CHARACTERS))
    if (!(error instanceof UsageError)) return FAILED
    complain(`usage: ${PROGRAM} ${group} ${name} ${command.synopsis}`)
    return MISUSED
  }
}

/** Help that was asked for goes to stdout; in place of a command that there is not, to stderr. */
function explain(word: string | undefined, group: string | undefined, help: string): number {
  if (word === '--help' || word === '-h') {
    print(help)
    return DONE
  }
  const where = group === undefined ? PROGRAM : `${PROGRAM} ${group}`
  if (word !== undefined) complain(`${where} has no command ${JSON.stringify(word)}`)
  complain(help)
  return MISUSED
}

function overview(): string {
  const groups = Object.entries(GROUPS).map(([name, { summary }]) => `  ${name}   ${summary}`)
  return [`usage: ${PROGRAM} <command>`, '', ...groups, '', `${PROGRAM} <command> --help says more.`].join('\n')
}

function groupHelp(group: string): string {
  const commands = Object.entries(GROUPS[group]!.commands)
  const lines = commands.map(([name, { synopsis, summary }]) => [`${name} ${synopsis}`.trim(), summary] as const)
  const width = Math.max(...lines.map(([left]) => left.length))
  return [
    `usage: ${PROGRAM} ${group} <command>`,
    '',
    ...lines.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`),
    '',
    'The queue is the Cloud Storage bucket BUCKET, else the Pub/Sub topic PUBSUB_TOPIC, read through PUBSUB_SUBSCRIPTION, else',
    'the folder DEAD_LETTER_DIR, by default ./dead-letter.',
    `${PROGRAM} ${group} <command> --help says more.`,
  ].join('\n')
}

function commandHelp(group: string, name: string, { synopsis, summary, help }: Command): string {
  return [`usage: ${PROGRAM} ${group} ${`${name} ${synopsis}`.trim()}`, '', `${summary}.`, ...help].join('\n')
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
