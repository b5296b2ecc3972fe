import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test, { type TestContext } from 'node:test'
import { createFileExporter } from '../../src/exporters/file.ts'
import { requestToJson } from '../../src/otlp/json.ts'
import type { Exporter, ExportResult } from '../../src/types/exporter.ts'
import { sketchBatch } from '../support/batch.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { OfficialRequest, officialDecode } from '../support/official-otlp.ts'
import { encodeOtlpJson } from '../support/otlp-json.ts'

const { signal } = new AbortController()

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'file-exporter-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function fileExporter(t: TestContext, path: string, maxBytes: number = Number.MAX_SAFE_INTEGER): Exporter {
  const exporter = createFileExporter({ kind: 'file', path, maxBytes })
  t.after(() => exporter.close?.())
  return exporter
}

/** Exports one span and gives back the result and the span's line. */
async function exportSpan(exporter: Exporter, id: number): Promise<{ result: ExportResult; line: string }> {
  const batch = sketchBatch({ id })
  return { result: await exporter.export(batch, signal), line: `${requestToJson(batch.request())}\n` }
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1)

test('creates its directories at the first export and appends a line a batch', async t => {
  const path = join(temporaryFolder(t), 'a', 'b', 'traces.jsonl')
  const exporter = fileExporter(t, path)
  assert.equal(existsSync(path), false)
  const first = await exportSpan(exporter, 1)
  const second = await exportSpan(exporter, 2)
  assert.deepEqual([exporter.name, first.result, second.result], ['file', { outcome: 'acked' }, { outcome: 'acked' }])
  assert.equal(readFileSync(path, 'utf8'), first.line + second.line)
})

test('continues a file that is there', async t => {
  const path = join(temporaryFolder(t), 'traces.jsonl')
  const first = await exportSpan(fileExporter(t, path), 1)
  const second = await exportSpan(fileExporter(t, path), 2)
  assert.equal(readFileSync(path, 'utf8'), first.line + second.line)
})

test('close may be called twice, and before the first export', async t => {
  const exporter = fileExporter(t, join(temporaryFolder(t), 'traces.jsonl'))
  exporter.close?.()
  await exportSpan(exporter, 1)
  exporter.close?.()
  exporter.close?.()
})

test('a file that would pass maxBytes becomes .1, in place of the one before', async t => {
  const path = join(temporaryFolder(t), 'traces.jsonl')
  const { line } = await exportSpan(fileExporter(t, join(temporaryFolder(t), 'other.jsonl')), 1)
  const exporter = fileExporter(t, path, 2 * line.length + 2)
  const sizes: number[][] = []
  for (let id = 1; id <= 5; id++) {
    await exportSpan(exporter, id)
    sizes.push([path, `${path}.1`].map(file => (existsSync(file) ? linesOf(file).length : 0)))
  }
  assert.deepEqual(sizes, [
    [1, 0],
    [2, 0],
    [1, 2],
    [2, 2],
    [1, 2],
  ])
})

test('a line longer than maxBytes has a file of its own', async t => {
  const path = join(temporaryFolder(t), 'traces.jsonl')
  const exporter = fileExporter(t, path, 1)
  await exportSpan(exporter, 1)
  await exportSpan(exporter, 2)
  assert.deepEqual([linesOf(path).length, linesOf(`${path}.1`).length], [1, 1])
})

test('follows its path when another process renames or replaces the file or removes the directory', async t => {
  const folder = join(temporaryFolder(t), 'traces')
  const path = join(folder, 'traces.jsonl')
  const exporter = fileExporter(t, path)
  await exportSpan(exporter, 1)
  renameSync(path, join(folder, 'old.jsonl'))
  const second = await exportSpan(exporter, 2)
  assert.equal(readFileSync(path, 'utf8'), second.line)
  renameSync(path, join(folder, 'old.jsonl'))
  writeFileSync(path, 'theirs\n')
  const third = await exportSpan(exporter, 3)
  assert.equal(readFileSync(path, 'utf8'), `theirs\n${third.line}`)
  rmSync(folder, { recursive: true })
  const fourth = await exportSpan(exporter, 4)
  assert.equal(readFileSync(path, 'utf8'), fourth.line)
})

test('a path that cannot be written is to be tried again, and works once it can', async t => {
  const path = join(temporaryFolder(t), 'traces.jsonl')
  const exporter = fileExporter(t, path)
  mkdirSync(path)
  const { result } = await exportSpan(exporter, 1)
  assert.equal(result.outcome, 'retry')
  assert.match(result.message!, /^cannot write .*traces\.jsonl: EISDIR/)
  rmSync(path, { recursive: true })
  assert.deepEqual((await exportSpan(exporter, 1)).result, { outcome: 'acked' })
})

test('a path below a file is to be tried again', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const { result } = await exportSpan(fileExporter(t, join(folder, 'file', 'traces.jsonl')), 1)
  assert.equal(result.outcome, 'retry')
  assert.match(result.message!, /^cannot write .*traces\.jsonl: (ENOTDIR|EEXIST)/)
})

/** Spans 1 to 2 × `count` of a trace, in batches of 1, 2 and 3 from a process of its own. Prints what was not acked. */
function exportFromChild(path: string, trace: number, count: number): Promise<ChildResult> {
  const program = new URL('../support/child-file-exporter.ts', import.meta.url)
  return runChild(program, {
    execArgv: ['--import', 'tsx'],
    args: [path, String(trace), String(count)],
    timeoutMs: 20_000,
  })
}

function spansOfChild(trace: number, count: number): string[] {
  return Array.from({ length: 2 * count }, (_, i) => `${trace}/${i + 1}`)
}

test('three processes append to one file: every line is whole and no span is missing', async t => {
  const path = join(temporaryFolder(t), 'new', 'traces.jsonl')
  const children = await Promise.all([1, 2, 3].map(trace => exportFromChild(path, trace, 150)))
  assert.deepEqual(
    children.map(child => child.stdout),
    ['', '', ''],
  )
  const expected = [1, 2, 3].flatMap(trace => spansOfChild(trace, 150))
  assert.deepEqual(linesOf(path).flatMap(spanIds).sort(), expected.sort())
})

test('a pipe that nobody reads holds nothing up and is to be tried again', async t => {
  const path = join(temporaryFolder(t), 'pipe')
  execFileSync('mkfifo', [path])
  const { code, stdout } = await exportFromChild(path, 1, 1)
  assert.equal(code, 0)
  assert.match(stdout, /^\{"outcome":"retry","message":"cannot write .*pipe: ENXIO/)
})

test('a pipe whose reader falls behind gets every line', async t => {
  const path = join(temporaryFolder(t), 'pipe')
  execFileSync('mkfifo', [path])
  // Open at both ends, so that neither process waits for the other.
  const holding = openSync(path, 'r+')
  const received = text(spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout)
  const { stdout } = await exportFromChild(path, 1, 150)
  closeSync(holding)
  assert.equal(stdout, '')
  assert.deepEqual((await received).split('\n').slice(0, -1).flatMap(spanIds), spansOfChild(1, 150))
})

/** 'trace/span' of every span in a line. */
function spanIds(line: string): string[] {
  const { resourceSpans } = officialDecode(OfficialRequest, encodeOtlpJson(line)) as unknown as RequestObject
  return resourceSpans[0]!.scopeSpans[0]!.spans.map(({ traceId, spanId }) => `${idNumber(traceId)}/${idNumber(spanId)}`)
}

interface RequestObject {
  readonly resourceSpans: readonly {
    scopeSpans: readonly { spans: readonly { traceId: string; spanId: string }[] }[]
  }[]
}

function idNumber(base64: string): number {
  return Number.parseInt(Buffer.from(base64, 'base64').toString('hex'), 16)
}
