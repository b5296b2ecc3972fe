import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

test('a line that broke off does not spoil the next one', t => {
  const folder = mkdtempSync(join(tmpdir(), 'append-file-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'lines')
  const script = fileURLToPath(new URL('../support/child-torn-append.ts', import.meta.url))
  // 2,048 blocks of 512 or 1,024 bytes, according to the shell.
  const command = 'ulimit -f 2048 && exec "$0" --import tsx "$@"'
  assert.equal(execFileSync('sh', ['-c', command, process.execPath, script, path], { encoding: 'utf8' }), 'EFBIG\n')
  assert.equal(readFileSync(path, 'utf8'), 'xxxxxxxxxx\nwhole\nwhole\n')
})
