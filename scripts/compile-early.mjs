// Has V8 compile at once what runs before a program's first span is over. Of every other function it only looks for the end, and reads
// it once more when it is called. A function in parentheses is taken for one that will be called.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode, encode } from '@jridgewell/sourcemap-codec'
import { parse } from 'acorn'

/** Rewrites the files in `folder` of which early-functions.mjs tells. */
export function compileEarly(folder) {
  const profile = join(import.meta.dirname, 'early-functions.mjs')
  // Without the variables of whoever builds, which might turn tracing off.
  const early = JSON.parse(execFileSync(process.execPath, [profile, folder], { encoding: 'utf8', env: {} }))
  for (const [name, starts] of Object.entries(early)) rewrite(join(folder, name), new Set(starts))
}

function rewrite(file, starts) {
  const code = readFileSync(file, 'utf8')
  const statements = statementsOf(code, file.endsWith('.cjs') ? 'script' : 'module')
  const early = statements.filter(({ type, start }) => type === 'FunctionDeclaration' && starts.has(start))
  if (early.length === 0) throw new Error(`${file} declares no function that runs early`)
  if (statements[0].directive !== undefined) throw new Error(`${file} begins with a directive, which has to stay first`)
  const pieces = piecesOf(code, statements[0].start, early)
  const changed = pieces.map(piece => textOf(piece, code)).join('')
  const map = `${file}.map`
  if (existsSync(map)) writeFileSync(map, mapOf(JSON.parse(readFileSync(map, 'utf8')), code, changed, pieces))
  writeFileSync(file, changed)
}

/** Of a module, or of the function that a part consists of. */
function statementsOf(code, sourceType) {
  const { body } = parse(code, { ecmaVersion: 'latest', sourceType })
  return sourceType === 'module' ? body : body[0].expression.right.body.body
}

/**
 * What the new code consists of: texts, and ranges of the old code. A declaration cannot stand in parentheses, so that each becomes the
 * value of a variable, before everything else since it was hoisted there.
 */
function piecesOf(code, first, early) {
  const values = early.flatMap(({ id, start, end }, i) => [
    `${i === 0 ? 'var ' : ',\n'}${id.name}=(`,
    [start, start + code.slice(start, id.start).trimEnd().length],
    [id.end, end],
    ')',
  ])
  const rest = [first, ...early.map(({ end }) => end)]
  const others = rest.map((start, i) => [start, early[i]?.start ?? code.length])
  return [[0, first], ...values, ';\n', ...others]
}

function textOf(piece, code) {
  return typeof piece === 'string' ? piece : code.slice(...piece)
}

/** The source map of `code` for the same pieces of it in `changed`. */
function mapOf({ mappings, ...map }, code, changed, pieces) {
  const from = lineStarts(code)
  const moved = decode(mappings).flatMap((line, i) => line.map(([column, ...source]) => [from[i] + column, ...source]))
  const to = lineStarts(changed)
  const lines = to.map(() => [])
  let end = 0
  let line = 0
  for (const piece of pieces) {
    const start = end
    end += textOf(piece, code).length
    if (typeof piece === 'string') continue
    for (const [offset, ...source] of moved) {
      if (offset < piece[0] || offset >= piece[1]) continue
      const at = start + offset - piece[0]
      while (at >= (to[line + 1] ?? Infinity)) line++
      lines[line].push([at - to[line], ...source])
    }
  }
  return JSON.stringify({ ...map, mappings: encode(lines) })
}

function lineStarts(text) {
  return [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
}
