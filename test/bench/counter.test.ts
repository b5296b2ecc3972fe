import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findCounter } from '../../bench/instructions/counter.ts'

/** What the tools write; processors that count instructions are not everywhere. */
const PERF = '# started on Monday\n\n123456,,instructions:u,1000,100.00,,\n'
const PERF_WITHOUT = '<not supported>,,instructions:u,0,100.00,,\n'
const VALGRIND = '==7== Command: true\n==7== I   refs:      1,234,567\n'

/** A folder for files, and programs of these names as the only ones there are, which write a text where they are told to. */
function machineWith(t: TestContext, tools: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'counter-'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const [name, text] of Object.entries(tools)) {
    writeFileSync(join(folder, name), text)
    const output = name === 'perf' ? '$7' : `$${'{4#--log-file=}'}`
    writeFileSync(join(bin, name), `#!/bin/sh\n/bin/cat '${join(folder, name)}' > "${output}"\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const path = process.env.PATH
  process.env.PATH = bin
  t.after(() => {
    process.env.PATH = path
    rmSync(folder, { recursive: true })
  })
  return folder
}

const machines: readonly [title: string, tools: Record<string, string>, tool: string | undefined, count: number][] = [
  ['perf where it counts', { perf: PERF, valgrind: VALGRIND }, 'perf stat', 123_456],
  ['valgrind where perf has no counter', { perf: PERF_WITHOUT, valgrind: VALGRIND }, 'valgrind', 1_234_567],
  ['valgrind where there is no perf', { valgrind: VALGRIND }, 'valgrind', 1_234_567],
  ['nothing where there is neither', {}, undefined, 0],
]
for (const [title, tools, tool, count] of machines) {
  test(`instructions are counted by ${title}`, async t => {
    const folder = machineWith(t, tools)
    const counter = await findCounter(folder)
    assert.equal(counter?.tool, tool)
    if (counter !== undefined) assert.equal(await counter.count(['true'], folder), count)
  })
}
