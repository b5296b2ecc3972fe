/** `file:line` of the first frame that is neither this package's nor Node's, the file relative to the working directory. */
export function callSite(error: Error | undefined): string | undefined {
  try {
    return firstForeign((error?.stack ?? '').split('\n').slice(1))
  } catch {
    // The program's own Error.prepareStackTrace, or a working directory that is gone.
    return undefined
  }
}

function firstForeign(frames: readonly string[]): string | undefined {
  for (const frame of frames) {
    const [, path, line] = frame.match(FRAME_LOCATION) ?? []
    if (path === undefined || path.startsWith('node:') || isOwn(path)) continue
    const directory = `${process.cwd()}/`
    return `${path.startsWith(directory) ? path.slice(directory.length) : path}:${line}`
  }
  return undefined
}

/** `at name (file:///path/to/file.js:1:2)`, with or without the name and the scheme. */
const FRAME_LOCATION = /\(?(?:file:\/\/)?([^()\s]+):(\d+):\d+\)?$/
/** The folder of the bundles, of whichever copy. */
const BUNDLES = /[\\/]blueprint-tracing[\\/]dist[\\/]/
/** The folder that this file is in: of the bundles, or src where it is not bundled. */
const OWN_FOLDER: string = new URL(import.meta.url.endsWith('.ts') ? '..' : '.', import.meta.url).pathname

function isOwn(path: string): boolean {
  return path.startsWith(OWN_FOLDER) || BUNDLES.test(path)
}
