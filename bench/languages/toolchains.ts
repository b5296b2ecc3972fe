import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** What runs one contender: it answers a number of spans on stdin with a line of JSON. */
export interface LanguageProgram {
  readonly subject: string
  readonly command: readonly [file: string, ...args: string[]]
}

export interface Toolchain {
  readonly language: string
  /** Throws where something is missing. Offline once it has run. */
  build(): readonly LanguageProgram[]
}

const SOURCES = import.meta.dirname
/** Ignored by git, as all of node_modules. */
const BUILT = join(import.meta.dirname, '../node_modules/.cache/languages')

export const TOOLCHAINS: readonly Toolchain[] = [
  {
    language: 'Python',
    build() {
      const folder = join(BUILT, 'python')
      const python = join(folder, 'bin/python')
      if (!existsSync(python)) run('python3', ['-m', 'venv', folder])
      run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', join(SOURCES, 'python/requirements.txt')])
      return [{ subject: 'opentelemetry-python', command: [python, join(SOURCES, 'python/program.py')] }]
    },
  },
  {
    language: 'Go',
    build() {
      const program = join(BUILT, 'go')
      run('go', ['build', '-trimpath', '-o', program, '.'], join(SOURCES, 'go'))
      return [{ subject: 'opentelemetry-go', command: [program] }]
    },
  },
  {
    language: 'Rust',
    build() {
      const folder = join(BUILT, 'rust')
      run('cargo', ['build', '--release', '--locked', '--quiet', '--target-dir', folder], join(SOURCES, 'rust'))
      return ['opentelemetry', 'fastrace'].map(name => ({
        subject: name === 'fastrace' ? name : `${name}-rust`,
        command: [join(folder, 'release', name)],
      }))
    },
  },
]

function run(file: string, args: readonly string[], cwd: string = SOURCES): void {
  execFileSync(file, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
}
