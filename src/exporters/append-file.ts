import { closeSync, constants, fstatSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { writeAll } from './write-all.ts'

/** Non-blocking, since a pipe without a reader would hold the process up, at exit too. Windows has no such flag. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0)
/** For the reader of a pipe to catch up with one line. */
const MAX_WAITS = 100

/**
 * A file of lines that several processes append to. A line goes out in one write on an O_APPEND descriptor, so that
 * lines do not mix. Opened at the first line; opened anew, with its directory, when another process has renamed or
 * removed it.
 */
export class AppendFile {
  private readonly path: string
  private readonly maxBytes: number
  private fd: number | undefined
  /** Whether the last write broke off inside a line. */
  private torn = false

  /**
   * Before the file would pass `maxBytes` it becomes `<path>.1`, in place of an older one. Processes that share the file
   * do not agree on when, so each may replace the other's.
   */
  constructor(path: string, maxBytes: number) {
    this.path = resolve(path)
    this.maxBytes = maxBytes
  }

  /** Appends `line` and a newline. Throws the error of the file system. */
  append(line: string): void {
    const fd = this.openFor(Buffer.byteLength(line) + 2)
    const bytes = Buffer.from(this.torn ? `\n${line}\n` : `${line}\n`)
    const { written, error } = writeAll(fd, bytes, { waitsLeft: MAX_WAITS })
    if (error === undefined) {
      this.torn = false
      return
    }
    if (written > 0) this.torn = true
    throw error
  }

  close(): void {
    const fd = this.fd
    this.fd = undefined
    if (fd !== undefined) closeSync(fd)
  }

  private openFor(byteCount: number): number {
    const fd = this.openCurrent()
    const { size } = fstatSync(fd)
    if (size === 0 || size + byteCount <= this.maxBytes) return fd
    renameSync(this.path, `${this.path}.1`)
    return this.openCurrent()
  }

  /** The descriptor of the file that now has our path. */
  private openCurrent(): number {
    if (this.fd !== undefined && isFileAt(this.path, this.fd)) return this.fd
    this.close()
    this.torn = false
    mkdirSync(dirname(this.path), { recursive: true })
    this.fd = openSync(this.path, APPEND)
    return this.fd
  }
}

function isFileAt(path: string, fd: number): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (there === undefined) return false
  const ours = fstatSync(fd, { bigint: true })
  return there.ino === ours.ino && there.dev === ours.dev
}
