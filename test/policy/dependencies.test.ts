import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import test from 'node:test'
import { importsOf, readSources, type Sources } from '../support/sources.ts'

function readJson(file: string): Record<string, never> {
  return JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))
}

/** Imports of anything but our own files, built-in modules by their full name, and undici when it is called for. */
function foreignImports(sources: Sources): string[] {
  return [...sources].flatMap(([file, source]) =>
    importsOf(source)
      .filter(({ specifier, kind }) => {
        if (specifier.startsWith('.')) return false
        if (specifier === 'undici' || specifier.startsWith('undici/')) return kind === 'static'
        return !specifier.startsWith('node:') || !isBuiltin(specifier)
      })
      .map(({ specifier, kind }) => `${file}: ${kind} import of ${specifier}`),
  )
}

test('undici is the only dependency, and has none itself', () => {
  const { dependencies, peerDependencies, optionalDependencies, bundleDependencies } = readJson('package.json')
  assert.deepEqual(Object.keys(dependencies ?? {}), ['undici'])
  assert.match((dependencies as unknown as { undici: string }).undici, /^\^7\./)
  assert.deepEqual([peerDependencies, optionalDependencies, bundleDependencies], [undefined, undefined, undefined])
  const locked = Object.entries<{ dev?: boolean }>(readJson('package-lock.json').packages ?? {})
  const installed = locked.filter(([, { dev }]) => dev !== true).map(([path]) => path)
  assert.deepEqual(installed, ['', 'node_modules/undici'])
})

test('src imports itself, node: modules and, dynamically, undici', () => {
  assert.deepEqual(foreignImports(readSources()), [])
})

const violations: readonly [source: string, found: readonly string[]][] = [
  ["import { api } from '@opentelemetry/api'", ['a.ts: static import of @opentelemetry/api']],
  ["import fs from 'fs'", ['a.ts: static import of fs']],
  ["import 'node:nothing'", ['a.ts: static import of node:nothing']],
  ["import { Pool } from 'undici'", ['a.ts: static import of undici']],
  ["import Pool from 'undici/lib/dispatcher/pool.js'", ['a.ts: static import of undici/lib/dispatcher/pool.js']],
  ["import type { Pool } from 'undici'", []],
  ["await import('undici')", []],
  ["await import('long')", ['a.ts: dynamic import of long']],
  ["import { x } from './x.ts'\nimport fs from 'node:fs'", []],
]
for (const [source, found] of violations) {
  test(`${JSON.stringify(source)} is ${found.length === 0 ? 'allowed' : 'found'}`, () => {
    assert.deepEqual(foreignImports(new Map([['a.ts', source]])), found)
  })
}
