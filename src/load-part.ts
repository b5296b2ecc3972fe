/** What each file of dist gives, by its name. */
type Parts = Record<string, object>

/**
 * What a part is in dist/: a function that CommonJS exports, since what imports nothing can be compiled and run at once. It takes
 * from the parts that are there what it has in common with them, and adds what it brings.
 */
type CreatePart = (parts: Parts, url: string | undefined) => object

/** All that the index has in common with others; scripts/link.mjs puts it there. */
declare function inside(): object

let parts: Parts | undefined
let provided: Readonly<Record<string, CreatePart>> = {}

/** Where nothing can be loaded on demand. */
export function provideParts(creators: Readonly<Record<string, CreatePart>>): void {
  provided = creators
}

/** A file that is not there, cannot be read now, or is of another build. */
export class MissingPart extends Error {}

/** Throws MissingPart; the next call tries again. */
export function loadPart(name: string): object {
  parts ??= { 'index.js': { inside } }
  try {
    parts[name] ??= (provided[name] ?? readPart(name))(parts, import.meta.url)
  } catch (error) {
    throw new MissingPart(error instanceof Error ? error.message : String(error), { cause: error })
  }
  return parts[name]
}

/** What require() would do, the first call of which in an ES module takes 1 ms more. */
function readPart(name: string): CreatePart {
  const { compileFunction } = process.getBuiltinModule('node:vm')
  // Apart from `new URL`, which webpack would take with it for a folder of files and replace by what it has found there.
  const here = import.meta.url
  const url = new URL(name, here)
  const module: { exports?: CreatePart } = {}
  const code = process.getBuiltinModule('node:fs').readFileSync(url, 'utf8')
  const require = (id: string): unknown => process.getBuiltinModule('node:module').createRequire(url)(id)
  compileFunction(code, ['module', 'require'], { filename: url.href })(module, require)
  return module.exports!
}
