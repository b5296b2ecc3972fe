import { readdirSync, readFileSync } from 'node:fs'
import { posix, sep } from 'node:path'

/** Source texts by their path below src/, with forward slashes. */
export type Sources = ReadonlyMap<string, string>

export interface Import {
  /** As it is written. */
  readonly specifier: string
  /** `type` imports vanish when the source is compiled; `dynamic` ones happen when they are called. */
  readonly kind: 'static' | 'type' | 'dynamic'
}

const SRC = new URL('../../src/', import.meta.url)

export function readSources(): Sources {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  return new Map(files.map(file => [file.replaceAll(sep, '/'), readFileSync(new URL(file, SRC), 'utf8')]))
}

/** The source without its comments. Good enough for our own style: no text in it holds the mark of a comment. */
export function codeOf(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
}

/** Every import and re-export that names its module by a literal. */
export function importsOf(source: string): Import[] {
  const code = codeOf(source)
  return [
    ...Array.from(code.matchAll(FROM), ([, type, specifier]) => toImport(specifier, type ? 'type' : 'static')),
    ...Array.from(code.matchAll(SIDE_EFFECT), ([, specifier]) => toImport(specifier, 'static')),
    ...Array.from(code.matchAll(DYNAMIC), ([, specifier]) => toImport(specifier, 'dynamic')),
  ]
}

const FROM = /^(?:import|export)\s+(type\s)?[^'"=]*?\bfrom\s*['"]([^'"]+)['"]/gm
const SIDE_EFFECT = /^import\s*['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g

function toImport(specifier: string | undefined, kind: Import['kind']): Import {
  return { specifier: specifier ?? '', kind }
}

/** The path below src/ that a relative specifier in `file` names; undefined for a package or a built-in module. */
export function targetOf(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined
}
