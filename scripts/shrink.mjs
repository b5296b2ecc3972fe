// What esbuild leaves: it folds nothing across statements, and that is a fortieth of the bytes.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { minify } from 'terser'
import { PART_FOOT, PART_HEAD } from './link.mjs'
import { OUTPUT } from './output.mjs'

/** A span is started and ended in these: there V8's own choice of what to inline is worth more than bytes. */
const HOT = ['index.js', 'recording.cjs']

/** Every file of code in `folder` in place, with its source map where it has one. */
export async function shrinkAll(folder) {
  for (const name of readdirSync(folder).filter(name => /\.c?js$/.test(name))) await shrink(folder, name)
}

async function shrink(folder, name) {
  const file = join(folder, name)
  const code = readFileSync(file, 'utf8')
  // Of a part only what is in its function: parentheses around that would go.
  const isPart = code.startsWith(PART_HEAD)
  const [head, foot] = isPart ? [`${PART_HEAD}\n`, `${PART_FOOT}\n`] : ['', '\n']
  const body = isPart ? code.slice(PART_HEAD.length, code.lastIndexOf(PART_FOOT)) : code
  const { code: shrunk, map } = await minify(body, {
    ecma: 2022,
    module: name.endsWith('.js'),
    toplevel: true,
    parse: { bare_returns: isPart },
    compress: {
      ecma: 2022,
      passes: 2,
      sequences: false,
      ...(HOT.includes(name) && { inline: false, reduce_funcs: false }),
    },
    format: { max_line_len: OUTPUT.lineLimit },
    ...(existsSync(`${file}.map`) && { sourceMap: { content: readFileSync(`${file}.map`, 'utf8') } }),
  })
  if (map === undefined) {
    writeFileSync(file, head + shrunk + foot)
    return
  }
  const { mappings, ...rest } = JSON.parse(map)
  writeFileSync(`${file}.map`, JSON.stringify({ ...rest, mappings: (isPart ? ';' : '') + mappings }))
  writeFileSync(file, `${head}${shrunk}${foot}//# sourceMappingURL=${name}.map\n`)
}
