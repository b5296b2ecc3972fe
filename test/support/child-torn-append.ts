/** Appends a line that the process's file size limit cuts, prints the error's code, makes room and appends another. */
import { truncateSync } from 'node:fs'
import { AppendFile } from '../../src/exporters/append-file.ts'

const path = process.argv[2]!
const file = new AppendFile(path, Number.MAX_SAFE_INTEGER)
try {
  file.append('x'.repeat(3_000_000))
} catch (error) {
  console.log((error as NodeJS.ErrnoException).code)
}
truncateSync(path, 10)
file.append('whole')
file.append('whole')
