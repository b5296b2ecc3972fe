import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

/** What a figure means nothing without. */
export interface Machine {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  /** Of what was measured, with `-dirty` where files differ from it. */
  readonly commit: string
}

export function describeMachine(): Machine {
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    commit: commit(),
  }
}

export function formatMachine({ node, cpu, cores, commit }: Machine): string {
  return `${cpu}, ${cores} cores, Node ${node}, commit ${commit}`
}

function commit(): string {
  try {
    const args = ['describe', '--always', '--dirty', '--exclude', '*']
    return execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return 'unknown'
  }
}
