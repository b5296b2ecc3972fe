// Joins what esbuild has split: it shares code between ES modules only, each a file that costs a millisecond to load, and what is
// loaded at once when it is needed has to be CommonJS. See src/load-part.ts.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { OUTPUT } from './output.mjs'

const IMPORT = /^\s*import\s*(?:\{([^}]*)\}\s*from\s*)?"\.\/([^"]+)";?/
const EXPORT = /export\s*\{([^}]*)\};?\s*$/
const SOURCE_MAP = /\/\/# sourceMappingURL=.*\s*$/
const INDEX = 'index.js'

/** In parentheses, since V8 otherwise reads all that is in the function a second time when it is called. */
export const PART_HEAD = 'module.exports=(function(parts,url){'
export const PART_FOOT = '})'

/** A file may be loaded late, when another version has been installed in the place of this one, in which the same name is something else. */
const MIXED = 'it is of another build than what has been loaded'

/** One of esbuild's files: what it takes from others, what it gives, and what stands between. */
export function readChunk(folder, name) {
  let body = readFileSync(join(folder, name), 'utf8').replace(SOURCE_MAP, '')
  const imports = []
  for (let match = IMPORT.exec(body); match !== null; match = IMPORT.exec(body)) {
    imports.push({ from: match[2], names: namesOf(match[1]) })
    body = body.slice(match[0].length)
  }
  const exports = namesOf(EXPORT.exec(body)?.[1])
  return { imports, exports, body: body.replace(EXPORT, '') }
}

function exportedBy(folder, name) {
  return readChunk(folder, name).exports.map(({ after }) => after)
}

/** Of a list such as `a as b,c`. */
function namesOf(list = '') {
  const items = list.split(',').filter(item => item.trim() !== '')
  return items.map(item => {
    const [before, after = before] = item.trim().split(/\s+as\s+/)
    return { before, after }
  })
}

/**
 * Puts what all entries share into index.js, from where the others take it as one object: made when they do, since a program that is not
 * traced loads none of them. Gives the name of that very index.
 */
export function foldIntoIndex(folder) {
  const index = readChunk(folder, INDEX)
  const [{ from: chunk, names }, ...more] = index.imports
  if (more.length > 0)
    throw new Error(`${INDEX} imports ${more.map(({ from }) => from)} beside ${chunk}: all has to be in one file`)
  const shared = readChunk(folder, chunk)
  const locals = new Map(shared.exports.map(({ before, after }) => [after, before]))
  const imported = new Map(names.map(({ before, after }) => [after, locals.get(before)]))
  const publics = index.exports.map(({ before, after }) => `${imported.get(before)} as ${after}`)
  const pairs = Array.from(locals, pair => pair.join(':'))
  const name = createHash('sha256').update(`${shared.body}${publics}${pairs}`).digest('base64url').slice(0, 8)
  const check = `if(build!=="${name}")throw new Error("${MIXED}")`
  const code = [
    shared.body,
    `export{${publics}};`,
    `let made;export function inside(build){${check};return made??={${pairs}}}`,
  ]
  if (OUTPUT.sourcemap) {
    code.push(`//# sourceMappingURL=${INDEX}.map`)
    renameSync(join(folder, `${chunk}.map`), join(folder, `${INDEX}.map`))
  }
  writeFileSync(join(folder, INDEX), `${code.join('\n')}\n`)
  rmSync(join(folder, chunk))
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.js') && file !== INDEX) takeFromIndex(join(folder, file), chunk, name)
  }
  return name
}

function takeFromIndex(file, chunk, build) {
  const list = new RegExp(`import\\s*\\{([^}]+)\\}\\s*from\\s*"\\./${chunk}";?`)
  const code = readFileSync(file, 'utf8')
    .replace(list, (_, names) => `import{inside}from"./${INDEX}";const${pattern(namesOf(names))}=inside("${build}");`)
    .replaceAll(`"./${chunk}"`, `"./${INDEX}"`)
  writeFileSync(file, code)
}

/**
 * Makes each entry, an ES module so far, a function of the parts that are there: the index, and for those behind the first entry what
 * they take of that one, since it is loaded before any other. It gives no more: what is given does not fold away where it is used.
 */
export async function linkParts(folder, [first, ...others], index) {
  const taken = takenBy(folder, others, chunksOf(folder, `${first}.js`))
  const given = new Map([[INDEX, ['inside']]])
  await linkPart(folder, first, given, index, taken)
  for (const entry of others) await linkPart(folder, entry, new Map([...given, ...taken]), index)
  for (const entry of [first, ...others]) remove(folder, `${entry}.js`)
  removeUnused(folder)
}

async function linkPart(folder, entry, given, index, taken = new Map()) {
  await build({
    ...OUTPUT,
    stdin: { contents: partSource(folder, `${entry}.js`, taken), resolveDir: folder },
    outfile: join(folder, `${entry}.cjs`),
    banner: { js: `${PART_HEAD}let result;` },
    footer: { js: `return result${PART_FOOT}` },
    define: { 'import.meta.url': 'url' },
    plugins: [givenParts(given, index)],
  })
}

/** Each chunk of which others take something is a part, too. The index comes first, since only it tells whether the others fit. */
function partSource(folder, name, taken) {
  const publish = Array.from(taken, ([chunk, names], i) => {
    const locals = names.map(local => `${local} as ${local}${i}`)
    const properties = names.map(local => `${local}:${local}${i}`)
    return `import {${locals}} from './${chunk}';parts['${chunk}']={${properties}};`
  })
  const result = exportedBy(folder, name)
  return [`import './${INDEX}';`, ...publish, `import {${result}} from './${name}';result={${result}}`].join('\n')
}

/** All that is loaded with a file beside the index. */
function chunksOf(folder, file) {
  const found = new Set([file])
  for (const name of found) {
    for (const { from } of readChunk(folder, name).imports) if (from !== INDEX) found.add(from)
  }
  return found
}

/** What `entries` take of the chunks that are there, the names by chunk. */
function takenBy(folder, entries, present) {
  const taken = new Map()
  const files = new Set(
    entries.flatMap(entry => [...chunksOf(folder, `${entry}.js`)]).filter(file => !present.has(file)),
  )
  for (const { from, names } of [...files].flatMap(file => readChunk(folder, file).imports)) {
    const given = names.map(({ before }) => before)
    if (present.has(from)) taken.set(from, [...new Set([...(taken.get(from) ?? []), ...given])])
  }
  return taken
}

function givenParts(given, index) {
  return {
    name: 'given-parts',
    setup(build) {
      build.onResolve({ filter: /^\.\/.*\.js$/ }, ({ path }) =>
        given.has(path.slice(2)) ? { path: path.slice(2), namespace: 'given' } : undefined,
      )
      build.onLoad({ filter: /./, namespace: 'given' }, ({ path }) => {
        const check = path === INDEX ? `;inside('${index}')` : ''
        return { contents: `export const {${given.get(path)}}=parts['${path}']${check}` }
      })
    },
  }
}

/** Chunks that only parts needed. */
function removeUnused(folder) {
  const files = readdirSync(folder).filter(file => file.endsWith('.js'))
  const used = new Set(files.flatMap(file => readChunk(folder, file).imports.map(({ from }) => from)))
  for (const file of files) if (file.startsWith('chunk-') && !used.has(file)) remove(folder, file)
}

function remove(folder, file) {
  for (const name of [file, `${file}.map`]) rmSync(join(folder, name), { force: true })
}

function pattern(names) {
  return `{${names.map(({ before, after }) => (before === after ? before : `${before}:${after}`))}}`
}
