import type { ModuleExporterConfig } from '../types/config.ts'
import { optionsOf, wrongType, wrongValue } from '../validate.ts'
import type { EnvironmentReader } from './environment.ts'
import { jsonValue } from './json-value.ts'

const EXPECTED = 'a path, or a file: or data: URL'

/** Checks the options of a module exporter and finds its file; whether that can be loaded shows in the export thread. */
export function planModule(
  path: string,
  value: unknown,
): (environment: EnvironmentReader, exportTimeoutMs: number) => ModuleExporterConfig {
  const given = optionsOf(path, value, ['kind', 'url', 'options'])
  const url = moduleUrl(`${path}.url`, given.url)
  const options = given.options === undefined ? undefined : jsonValue(`${path}.options`, given.options)
  return (_, timeoutMs) => ({ kind: 'module', url, options, timeoutMs })
}

/** A URL that `import` takes. What looks like no URL is a path, counted from the working directory. */
function moduleUrl(path: string, value: unknown): string {
  const isText = typeof value === 'string'
  if (!isText && !(value instanceof URL)) throw wrongType(path, EXPECTED, value)
  const text = String(value)
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase()
  if (text === '' || !isUsable(scheme, text)) throw wrongValue(path, EXPECTED, text)
  return scheme === undefined ? urlOfFile(path, text) : text
}

/** A file: URL may name another host, or no path. */
function isUsable(scheme: string | undefined, url: string): boolean {
  if (scheme !== 'file') return scheme === undefined || scheme === 'data'
  try {
    return process.getBuiltinModule('node:url').fileURLToPath(url) !== ''
  } catch {
    return false
  }
}

/** Of two letters or more: one letter is a drive. */
const SCHEME = /^([a-z][a-z\d+.-]+):/i

function urlOfFile(path: string, file: string): string {
  try {
    return process.getBuiltinModule('node:url').pathToFileURL(file).href
  } catch {
    throw wrongValue(path, 'an absolute path or URL where the working directory is gone', file)
  }
}
