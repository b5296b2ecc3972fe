import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A project that has installed the package, so that a page's imports mean what they mean to a reader. */
export interface ReaderProject {
  readonly folder: string
  run(program: string): Ran
  remove(): void
}

export function readPage(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** The pages beside the README, from the root. */
export function docsPages(): readonly string[] {
  const names = readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md'))
  return names.map(name => `docs/${name}`)
}

export function programsOf(page: string): readonly string[] {
  return [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, program]) => program!)
}

export function createReaderProject(): ReaderProject {
  const folder = mkdtempSync(join(tmpdir(), 'reader-'))
  install(folder, 'blueprint-tracing', ROOT)
  install(folder, '@opentelemetry/api', join(ROOT, 'node_modules/otel-api-1.10'))
  return {
    folder,
    run: program => runIn(folder, program),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

function install(folder: string, name: string, target: string): void {
  const link = join(folder, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(target, link, 'junction')
}

function runIn(folder: string, program: string): Ran {
  const file = join(folder, 'program.mjs')
  writeFileSync(file, program)
  const flags = program.includes("from 'node:test'") ? ['--test'] : []
  // A test runner that is told that it runs in another one prints for that.
  const { OTEL_LOG_LEVEL: _level, NODE_TEST_CONTEXT: _context, ...env } = process.env
  return spawnSync(process.execPath, [...flags, file], { cwd: folder, env, encoding: 'utf8' })
}
