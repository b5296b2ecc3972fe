import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Message, publint } from 'publint'

interface Manifest {
  readonly engines: { readonly node: string }
  readonly files: readonly string[]
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ATTW = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js')
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
const { types, default: code } = MANIFEST.exports['.'] as { readonly types: string; readonly default: string }

/** One mistake each, so that it is seen that the tools look. */
const MISTAKES: readonly [what: string, edit: Partial<Manifest>, said: Message['code']][] = [
  ['types after code', { exports: { '.': { default: code, types } } }, 'EXPORTS_TYPES_SHOULD_BE_FIRST'],
  ['code that is not there', { exports: { '.': { types, default: './dist/gone.js' } } }, 'FILE_DOES_NOT_EXIST'],
  ['code that is not packed', { files: ['dist/types'] }, 'FILE_NOT_PUBLISHED'],
]

describe('the package as those who install it find it (after a build)', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'publication-'))
    cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true })
  })
  after(() => rmSync(folder, { recursive: true }))

  function mistake(edit: Partial<Manifest>): string {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...MANIFEST, ...edit }))
    return folder
  }

  test('publint has nothing to say', async () => assert.deepEqual(await publintCodes(ROOT), []))
  for (const [what, edit, said] of MISTAKES) {
    test(`publint would mention ${what}`, async () => {
      const codes = await publintCodes(mistake(edit))
      assert.ok(codes.includes(said), codes.join())
    })
  }

  test('attw resolves every entry, code and types, wherever ES modules are understood', () => {
    const { status, output } = attw(ROOT)
    assert.equal(status, 0, output)
    for (const entry of Object.keys(MANIFEST.exports)) {
      assert.ok(output.includes(`"${entry.replace('.', 'blueprint-tracing')}"`), `${entry} in ${output}`)
    }
  })
  test('attw would mention an entry whose types are not there', () => {
    const { status, output } = attw(mistake({ exports: { '.': { types: './dist/gone.d.ts', default: code } } }))
    assert.equal(status, 1, output)
  })

  test('every entry names its types first, and its code for those who can load a part on demand and for all others', () => {
    const entries = Object.entries(MANIFEST.exports).filter(([entry]) => entry !== './package.json')
    assert.ok(entries.length > 1)
    for (const [entry, conditions] of entries)
      assert.deepEqual(Object.keys(conditions), ['types', 'module-sync', 'default'], entry)
  })

  test('no bundler is told that an import has no effect: /register is one, and each copy of the package makes itself known', () => {
    assert.ok(!('sideEffects' in MANIFEST))
  })

  test('code is built for the oldest Node that engines lets in', () => {
    const oldest = MANIFEST.engines.node.replace('>=', '')
    assert.match(readFileSync(join(ROOT, 'scripts/output.mjs'), 'utf8'), new RegExp(`target: 'node${oldest}'`))
  })
})

async function publintCodes(pkgDir: string): Promise<Message['code'][]> {
  const { messages } = await publint({ pkgDir, pack: 'npm', strict: true })
  return messages.map(message => message.code)
}

/** Without Node's old resolution, which knows no `exports`, and `require` before it could load ES modules. */
function attw(folder: string): { status: number | null; output: string } {
  const args = [
    ATTW,
    '--pack',
    folder,
    '--profile',
    'esm-only',
    '--format',
    'ascii',
    '--no-color',
    '--no-definitely-typed',
  ]
  // It packs, and what other tests load is not built anew meanwhile.
  const env = { ...process.env, npm_config_ignore_scripts: 'true' }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env })
  return { status, output: stdout + stderr }
}
