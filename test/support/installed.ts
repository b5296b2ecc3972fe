import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A program's folder in the temporary directory, with packages installed as npm lays them out. */
export interface InstalledProgram {
  readonly folder: string
  /** Installs the built package below `folder`, with texts of its code replaced. */
  install(below?: string, replacements?: Readonly<Record<string, string>>): string
  /** Installs a package of one file. */
  installLibrary(name: string, source: string): string
  /** Writes a file of the program's. */
  write(name: string, source: string): URL
  remove(): void
}

export function createProgram(): InstalledProgram {
  const folder = mkdtempSync(join(tmpdir(), 'installed-'))
  mkdirSync(join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(ROOT, 'node_modules/undici'), join(folder, 'node_modules/undici'), 'junction')
  return {
    folder,
    install: (below = '.', replacements = {}) => {
      const target = join(folder, below, 'node_modules/blueprint-tracing')
      cpSync(join(ROOT, 'dist'), join(target, 'dist'), { recursive: true })
      cpSync(join(ROOT, 'package.json'), join(target, 'package.json'))
      replaceIn(join(target, 'dist'), replacements)
      return target
    },
    installLibrary: (name, source) => {
      const target = join(folder, 'node_modules', name)
      mkdirSync(target)
      writeFileSync(join(target, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }))
      writeFileSync(join(target, 'index.js'), source)
      return target
    },
    write: (name, source) => {
      writeFileSync(join(folder, name), source)
      return pathToFileURL(join(folder, name))
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** Each text has to be there. The export thread's parts of dist, which are built apart, may hold it as well. */
function replaceIn(folder: string, replacements: Readonly<Record<string, string>>): void {
  const files = readdirSync(folder).filter(name => /\.c?js$/.test(name) && name !== 'export-worker.cjs')
  for (const [text, replacement] of Object.entries(replacements)) {
    const holders = files.filter(name => readFileSync(join(folder, name), 'utf8').includes(text))
    if (holders.length === 0) throw new Error(`${text} is nowhere in dist`)
    for (const file of holders.map(name => join(folder, name))) {
      writeFileSync(file, readFileSync(file, 'utf8').replace(text, replacement))
    }
  }
}
