import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileTrouble } from '../../src/jobs/file-trouble.ts'

const rows: readonly [code: string | undefined, cause: string][] = [
  ['ENOSPC', 'no space is left on the device (ENOSPC)'],
  ['EDQUOT', 'the disk quota is used up (EDQUOT)'],
  ['EROFS', 'the file system is read-only (EROFS)'],
  ['EACCES', "this process's user may not write there (EACCES)"],
  ['ENOTDIR', 'a file stands where a folder should be (ENOTDIR)'],
  ['EWHATEVER', 'said by the system (EWHATEVER)'],
  [undefined, 'said by the system'],
]
for (const [code, cause] of rows) {
  test(`${code}: ${cause}`, () => {
    const error = Object.assign(new Error('said\nby the system'), { code })
    const { message, cause: kept } = fileTrouble('write to', '/letters', error)
    assert.equal(
      message,
      `cannot write to the dead letter folder /letters: ${cause}; DEAD_LETTER_DIR names another folder`,
    )
    assert.equal(kept, error)
  })
}
