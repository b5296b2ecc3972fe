import type { PlatformPath } from 'node:path'

/** The caller may stand behind a few frames without a file, such as `Array.map` or code in an `eval`. */
const STACK_FRAMES = 4

/** The file that called `callee`, as `function.module` names it; undefined where the stack does not tell. */
export function callerModule(callee: (...args: never[]) => unknown): string | undefined {
  try {
    const paths = process.getBuiltinModule('node:path')
    return moduleOfStack(stackAbove(callee), process.cwd(), paths[process.platform === 'win32' ? 'win32' : 'posix'])
  } catch {
    // The program's own Error.prepareStackTrace, a frozen Error, or a working directory that is gone.
    return undefined
  }
}

/** The text of the stack from the caller of `callee` on, whatever the program has set as its depth. */
function stackAbove(callee: (...args: never[]) => unknown): string {
  const { stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = STACK_FRAMES
    const holder: { stack?: string } = {}
    Error.captureStackTrace(holder, callee)
    return holder.stack ?? ''
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * The first file that a stack trace of V8 names: relative to `directory`, with forward slashes, if it lies below it, else
 * as it is. Frames that are not of a file (`node:internal/…`, `<anonymous>`, `data:`) are passed over.
 */
export function moduleOfStack(stack: string, directory: string, paths: PlatformPath): string | undefined {
  for (const line of stack.split('\n')) {
    const file = fileOf(locationOf(line), paths)
    if (file !== undefined) return belowDirectory(file, directory, paths)
  }
  return undefined
}

/** Of `at name (LOCATION:1:2)`, `at LOCATION:1:2` or `at async LOCATION:1:2`. */
function locationOf(line: string): string | undefined {
  return line.match(/^\s+at (?:async )?(.*):\d+:\d+\)?$/)?.[1]
}

function fileOf(location: string | undefined, paths: PlatformPath): string | undefined {
  // Code in an eval has no file; whoever called eval stands in the next frame.
  if (location === undefined || location.includes('(eval at ')) return undefined
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

function belowDirectory(file: string, directory: string, paths: PlatformPath): string {
  const relative = paths.relative(directory, file)
  const isBelow = relative.split(paths.sep)[0] !== '..' && !paths.isAbsolute(relative)
  return isBelow ? relative.replaceAll(paths.sep, '/') : file
}
