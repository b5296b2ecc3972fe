import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runChild } from '../../support/child.ts'

const RUN = new URL('../../../examples/exporter-module/run.mjs', import.meta.url)
const ID = '[0-9a-f]'
const SPAN = `${ID}{32},${ID}{16}`

test('the example writes every span although it exits at once, and a second run adds to them (after a build)', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'exporter-module-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'spans.csv')
  for (const run of [1, 2]) {
    const { code, stderr } = await runChild(RUN, { args: [file] })
    assert.equal(code, 0)
    assert.match(stderr, /^blueprint-tracing: exporting to module .*csv-exporter\.mjs, because .*\n$/)
    const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
    assert.equal(header, 'trace,span,parent,name,start_ms,duration_ms,error')
    assert.equal(lines.length, 3 * run)
    const [mesh, weld, job] = lines.slice(-3)
    assert.match(mesh!, new RegExp(`^${SPAN},${ID}{16},load mesh,\\d{13},[\\d.]+,$`))
    assert.match(
      weld!,
      new RegExp(`^${SPAN},${ID}{16},"weld vertices, ""strict""",\\d{13},[\\d.]+,vertex 7 is not finite$`),
    )
    assert.match(job!, new RegExp(`^${SPAN},,job:regen3d-job,\\d{13},[\\d.]+,$`))
  }
})

test('the example says where it cannot write, and exits as it would have', async () => {
  const { code, stderr } = await runChild(RUN, { args: ['/no/such/folder/spans.csv'] })
  assert.equal(code, 0)
  assert.match(
    stderr,
    /module: 3 spans lost: cannot be set up: .*csv-exporter\.mjs: ENOENT: .*'\/no\/such\/folder\/spans\.csv'/,
  )
})
