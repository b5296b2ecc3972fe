import { loadTracedFunctions } from '../trace/load-traced-functions.ts'

/** `file:line` of the first frame that is not this package's, the file relative to the working directory. */
export function callSite(error: Error | undefined): string | undefined {
  try {
    const { belowDirectory, framesOf, platformPaths } = loadTracedFunctions()
    const paths = platformPaths()
    for (const { file, line } of framesOf(error?.stack ?? '', paths)) {
      if (!isOwn(file)) return `${belowDirectory(file, process.cwd(), paths)}:${line}`
    }
  } catch {
    // The program's own Error.prepareStackTrace, a working directory that is gone, or a part that is missing.
  }
  return undefined
}

/** The folder of the bundles, of whichever copy. */
const BUNDLES = /[\\/]blueprint-tracing[\\/]dist[\\/]/
/** The folder that this file is in: of the bundles, or src where it is not bundled. */
const OWN_FOLDER: string = ownFolder()

function ownFolder(): string {
  // Apart from `new URL`, as in load-part.ts.
  const here = import.meta.url
  return process.getBuiltinModule('node:url').fileURLToPath(new URL(here.endsWith('.ts') ? '..' : '.', here))
}

function isOwn(file: string): boolean {
  return file.startsWith(OWN_FOLDER) || BUNDLES.test(file)
}
