import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))

/** Runs Python programs that import `requirement`, such as `attrs==26.1.0`; gives what they print. */
export type RunPython = (program: string, args: readonly string[], input: string) => string

/** Installs it the first time, into an environment of its own in node_modules/.cache. Throws where there is no Python 3. */
export function pythonWith(requirement: string): RunPython {
  const folder = join(cache, `blueprint-tracing-python-${requirement}`)
  const python = join(folder, 'bin/python')
  // The last step makes it, so that an installation which was cut short is begun anew.
  const installed = join(folder, 'installed')
  if (!existsSync(installed)) {
    must('python3', ['-m', 'venv', '--clear', folder])
    must(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement])
    must(python, ['-c', 'import sys; open(sys.argv[1], "w").close()', installed])
  }
  return (program, args, input) => {
    const { status, stdout, stderr } = spawnSync(python, ['-c', program, ...args], { input, encoding: 'utf8' })
    assert.equal(status, 0, `${stderr}\n${input}`)
    return stdout
  }
}

function must(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  throw new Error(
    `${[command, ...args].join(' ')} failed: ${error?.message ?? stderr.trim()}; these tests need Python 3 with venv and ` +
      'pip (on Debian: apt-get install python3-venv), which reaches a package index',
  )
}
