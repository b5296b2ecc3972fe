import { printableText } from '../net/printable.ts'

const MAX_MESSAGE_CHARACTERS = 200
const NOT_PERMITTED = "this process's user may not write there"
const NO_FOLDER = 'a file stands where a folder should be'

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than this process may write (ulimit -f)',
  EROFS: 'the file system is read-only',
  EACCES: NOT_PERMITTED,
  EPERM: NOT_PERMITTED,
  ENOTDIR: NO_FOLDER,
  EEXIST: NO_FOLDER,
  ELOOP: 'its path has too many symbolic links',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'this process has too many open files (ulimit -n)',
  ENFILE: 'this machine has too many open files',
  EIO: 'the device reports an error',
}

/** The error of a file system as one that says what was to be done, why it could not be, and what to look at. */
export function fileTrouble(doing: string, folder: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException
  const cause = CAUSES[code ?? ''] ?? printableText(String(message), MAX_MESSAGE_CHARACTERS)
  const shown = code === undefined ? cause : `${cause} (${code})`
  return new Error(`cannot ${doing} the dead letter folder ${folder}: ${shown}; DEAD_LETTER_DIR names another folder`, {
    cause: error,
  })
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
}
