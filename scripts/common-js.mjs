// Makes CommonJS of what esbuild has split into ES modules: it is loaded at once wherever it is needed, whatever import is under way.
// What is mostly loaded together becomes one file, since each takes its time.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { readChunk } from './link.mjs'
import { OUTPUT } from './output.mjs'

const LOADED_LATER = /\bawait import\("([^"]+)"\)/g
/** In the place of import() while esbuild joins chunks: it would add helpers to each file, of no use here. */
const IMPORT_LATER = 'IMPORT_LATER'

/**
 * `outputs`: of esbuild's metafile, for the chunks in `from`. `groups`: by the name of a file, the sources all of whose imports lie in it,
 * unless a group before it has them. Every other chunk is a file of its own. `parts`: the files that load-part.ts loads.
 */
export async function toCommonJs(from, to, outputs, { groups, parts }) {
  const chunks = new Map(
    Object.entries(outputs)
      .filter(([path]) => path.endsWith('.js'))
      .map(([path, { entryPoint }]) => [basename(path), { entryPoint, ...readChunk(from, basename(path)) }]),
  )
  placeChunks(chunks, groups)
  for (const [name] of chunks) requireLater(join(from, name), chunks)
  for (const file of new Set(Array.from(chunks.values(), chunk => chunk.file))) {
    await build({
      ...OUTPUT,
      stdin: { contents: sourceOf(file, chunks), resolveDir: from },
      outfile: join(to, file),
      format: 'cjs',
      platform: 'node',
      banner: { js: '"use strict";let result;' },
      footer: { js: `module.exports=${parts.includes(file) ? '()=>result' : 'result'};` },
      plugins: [othersRequired(file, chunks)],
    })
    loadOutside(join(to, file))
  }
}

/** Says of each chunk its file, and its place among those that this joins. */
function placeChunks(chunks, groups) {
  for (const [file, sources] of Object.entries(groups)) {
    const free = importedBy(sources, chunks).filter(chunk => chunk.file === undefined)
    for (const [place, chunk] of free.entries()) Object.assign(chunk, { file, place })
  }
  for (const [name, chunk] of chunks) {
    if (chunk.file === undefined) Object.assign(chunk, { file: name.replace(/\.js$/, '.cjs'), place: 0 })
  }
}

/** Entries stay by themselves: some do something when they are loaded. */
function importedBy(sources, chunks) {
  const found = new Set([...chunks.values()].filter(({ entryPoint }) => sources.includes(entryPoint)))
  for (const { imports } of found) for (const { from } of imports) found.add(chunks.get(from))
  return [...found].filter(({ entryPoint }) => entryPoint === undefined)
}

/** What a chunk loads when it needs it. */
function requireLater(path, chunks) {
  rewrite(path, code =>
    code.replace(LOADED_LATER, (_, id) => {
      const chunk = chunks.get(id.replace('./', ''))
      if (chunk !== undefined) return `await require("./${chunk.file}")`
      return id.startsWith('node:') ? `await require("${id}")` : `await ${IMPORT_LATER}("${id}")`
    }),
  )
}

/** In an ES module, which bundlers make of all, nothing can be required that is not in the bundle. */
function loadOutside(path) {
  rewrite(path, code =>
    code.replaceAll(`${IMPORT_LATER}(`, 'import(').replaceAll('require("node:', 'process.getBuiltinModule("node:'),
  )
}

function rewrite(path, change) {
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

/** Gives what others import of it. The names of the chunks that it joins are told apart by their places. */
function sourceOf(file, chunks) {
  const own = [...chunks].filter(([, chunk]) => chunk.file === file)
  const others = [...chunks.values()].filter(chunk => chunk.file !== file)
  const lines = own.map(([name, { entryPoint, exports, place }]) => {
    const wanted = namesFrom(name, others)
    const names = exports.map(({ after }) => after).filter(local => entryPoint !== undefined || wanted.has(local))
    return { name, place, names }
  })
  const imports = lines.map(
    ({ name, place, names }) => `import {${names.map(local => `${local} as ${local}_${place}`)}} from './${name}'`,
  )
  const properties = lines.flatMap(({ place, names }) =>
    names.map(local => `${placed(local, place)}:${local}_${place}`),
  )
  return `${imports.join('\n')}\nresult={${properties}}`
}

function placed(local, place) {
  return place === 0 ? local : local + place
}

/** What `importers` import of the chunk `name`. */
function namesFrom(name, importers) {
  const imports = importers.flatMap(({ imports }) => imports).filter(({ from }) => from === name)
  return new Set(imports.flatMap(({ names }) => names.map(({ before }) => before)))
}

function othersRequired(file, chunks) {
  const own = [...chunks.values()].filter(chunk => chunk.file === file)
  const imported = [...chunks]
    .filter(([, chunk]) => chunk.file !== file)
    .map(([name, { file, place }]) => ({ name, file, place, names: [...namesFrom(name, own)] }))
  return {
    name: 'others-required',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, kind }) => {
        if (kind === 'require-call') return { path, external: true }
        if (path.startsWith('elsewhere/')) return { path: path.replace('elsewhere/', ''), namespace: 'file-elsewhere' }
        const name = path.replace('./', '')
        return imported.some(chunk => chunk.name === name) ? { path: name, namespace: 'chunk-elsewhere' } : undefined
      })
      build.onLoad({ filter: /./, namespace: 'chunk-elsewhere' }, ({ path }) => {
        const { file, place, names } = imported.find(({ name }) => name === path)
        if (names.length === 0) return { contents: '' }
        return {
          contents: `export {${names.map(local => `${placed(local, place)} as ${local}`)}} from 'elsewhere/${file}'`,
        }
      })
      build.onLoad({ filter: /./, namespace: 'file-elsewhere' }, ({ path }) => {
        const of = imported.filter(({ file }) => file === path)
        const names = of.flatMap(({ place, names }) => names.map(local => placed(local, place)))
        return { contents: `export const {${names}}=require('./${path}')` }
      })
    },
  }
}
