import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileTrouble, isMissing } from './file-trouble.ts'

/** A pipe in a file's place must not hold us up. Windows has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Of a name that no other process takes. */
export function token(): string {
  return randomBytes(6).toString('hex')
}

/**
 * Writes `text` under a temporary name in `temporaryFolder`, makes it durable, which may take long, calls `beforeNaming` and gives it
 * its name, replacing what had that. Whoever looks sees the old file or the new one. Throws the error of the file system, or what
 * `beforeNaming` throws, and then leaves nothing behind.
 */
export function writeDurably(file: string, text: string, temporaryFolder: string, beforeNaming: () => void): void {
  const temporary = join(temporaryFolder, `${token()}.tmp`)
  try {
    const fd = openSync(temporary, 'wx')
    try {
      writeFileSync(fd, text)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    beforeNaming()
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(file))
}

/** Makes a folder with those above it, and makes them durable. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) syncFolder(dirname(made))
}

/** Makes the names in a folder durable. Not every system can open a folder, or knows how to. */
export function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, constants.O_RDONLY)
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    // The names will be written later.
  }
}

/** Renames, and says whether there was something to rename. Of several processes that do it, one is told so. */
export function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** The text of a regular file; what else is wrong with it in one clause; undefined where there is none. */
export function readWhole(file: string, maxBytes: number): { text: string } | { fault: string } | undefined {
  let fd: number
  try {
    fd = openSync(file, READ)
  } catch (error) {
    if (isMissing(error)) return undefined
    return { fault: `it cannot be read (${(error as NodeJS.ErrnoException).code})` }
  }
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) return { fault: 'it is no file' }
    if (stats.size > maxBytes) return { fault: `it is larger than ${maxBytes} bytes` }
    return { text: readFileSync(fd, 'utf8') }
  } catch (error) {
    return { fault: `it cannot be read (${(error as NodeJS.ErrnoException).code})` }
  } finally {
    closeSync(fd)
  }
}

/** What is in a folder of the queue in `root`; nothing where there is none. */
export function namesIn(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder))
  } catch (error) {
    if (isMissing(error)) return []
    throw fileTrouble('read', root, error)
  }
}
