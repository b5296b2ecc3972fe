import type { PlatformPath } from 'node:path'
import { belowDirectory, framesOf, platformPaths } from './stack-frames.ts'

/** The caller may stand behind a few frames without a file, such as `Array.map` or code in an `eval`. */
const STACK_FRAMES = 4

/** The file that called `callee`, as `function.module` names it; undefined where the stack does not tell. */
export function callerModule(callee: (...args: never[]) => unknown): string | undefined {
  try {
    return moduleOfStack(stackAbove(callee), process.cwd(), platformPaths())
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

/** The first file that a stack trace names. */
export function moduleOfStack(stack: string, directory: string, paths: PlatformPath): string | undefined {
  for (const { file } of framesOf(stack, paths)) return belowDirectory(file, directory, paths)
  return undefined
}
