import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Counts the instructions of a whole process. */
export interface Counter {
  readonly tool: string
  /** `folder`: for files of its own. */
  count(command: readonly string[], folder: string): Promise<number>
}

/** The processor's own counter where this machine lets us read it, else valgrind's; undefined where there is neither. */
export async function findCounter(folder: string): Promise<Counter | undefined> {
  for (const counter of [perf, valgrind]) {
    const instructions = await counter.count(['true'], folder).catch(() => 0)
    if (instructions > 0) return counter
  }
  return undefined
}

const perf: Counter = {
  tool: 'perf stat',
  async count(command, folder) {
    const output = join(mkdtempSync(join(folder, 'perf-')), 'counts')
    await execute('perf', ['stat', '-x', ',', '-e', 'instructions:u', '-o', output, ...command])
    return parse(/^(\d+),.*instructions/m, readFileSync(output, 'utf8'))
  },
}

const valgrind: Counter = {
  tool: 'valgrind',
  async count(command, folder) {
    const output = join(mkdtempSync(join(folder, 'valgrind-')), 'log')
    const options = ['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null', `--log-file=${output}`]
    await execute('valgrind', [...options, ...command])
    return parse(/I\s+refs:\s+([\d,]+)/, readFileSync(output, 'utf8'))
  },
}

/** What is not counted reads `<not supported>`. */
function parse(pattern: RegExp, output: string): number {
  const [, digits = ''] = pattern.exec(output) ?? []
  return Number(digits.replaceAll(',', ''))
}
