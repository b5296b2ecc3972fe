import type { PlatformPath } from 'node:path'

export interface StackFrame {
  /** Absolute. */
  readonly file: string
  readonly line: string
}

export function platformPaths(): PlatformPath {
  return process.getBuiltinModule('node:path')[process.platform === 'win32' ? 'win32' : 'posix']
}

/**
 * The frames of a stack trace of V8 that are of a file; others (`node:internal/…`, `<anonymous>`, `data:`) are passed over.
 * May throw where a URL in it is none.
 */
export function* framesOf(stack: string, paths: PlatformPath): Generator<StackFrame> {
  for (const text of stack.split('\n')) {
    const [, location, line] = text.match(FRAME) ?? []
    const file = location === undefined ? undefined : fileOf(location, paths)
    if (file !== undefined) yield { file, line: line! }
  }
}

/** `at name (LOCATION:1:2)`, `at LOCATION:1:2` or `at async LOCATION:1:2`. */
const FRAME = /^\s+at (?:async )?(.*):(\d+):\d+\)?$/

function fileOf(location: string, paths: PlatformPath): string | undefined {
  // Code in an eval has no file; whoever called eval stands in the next frame.
  if (location.includes('(eval at ')) return undefined
  const url = location.search(/(?:^|\()file:\/\//)
  if (url >= 0) return pathOfUrl(location.slice(location.indexOf('file:', url)), paths)
  if (paths.isAbsolute(location)) return location
  // Both the name in front and the folders behind may hold parentheses: the path starts where one is followed by a root.
  const start = location.search(paths.sep === '\\' ? /\((?:[A-Za-z]:[\\/]|\\\\)/ : /\(\//)
  return start < 0 ? undefined : location.slice(start + 1)
}

function pathOfUrl(url: string, paths: PlatformPath): string {
  return process.getBuiltinModule('node:url').fileURLToPath(url, { windows: paths.sep === '\\' })
}

/** Relative to `directory`, with forward slashes, if it lies below it, else as it is. */
export function belowDirectory(file: string, directory: string, paths: PlatformPath): string {
  const relative = paths.relative(directory, file)
  const isBelow = relative.split(paths.sep)[0] !== '..' && !paths.isAbsolute(relative)
  return isBelow ? relative.replaceAll(paths.sep, '/') : file
}
