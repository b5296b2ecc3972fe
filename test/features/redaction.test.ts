import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { TracingOptions } from '../../src/types/options.ts'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

/** Every place of a span and its resource that takes a program's text; each gets a secret that names it. */
const RESOURCE = ['resource', 'resourceobject']
const EXCEPTION = ['type', 'message', 'stack', 'cause', 'member']
const KEYED = 'link linkobject atstart value element nested deep list map number eventvalue eventobject'.split(' ')
const UNKEYED = ['name', 'innerkey', 'error', 'event', 'status', 'thrown']
const FIELDS = [...RESOURCE, ...EXCEPTION, ...KEYED, ...UNKEYED, 'key']
/** What each way of redacting is for. */
const COVERED: Readonly<Record<string, readonly string[]>> = {
  keys: [...RESOURCE, ...EXCEPTION, ...KEYED],
  values: FIELDS,
  with: FIELDS.filter(field => field !== 'key' && field !== 'number'),
}

/** The secret of the field `number`. */
const CARD = 4929123456789012n

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

interface Output {
  readonly wire: Buffer
  readonly file: Buffer
  readonly console: Buffer
  readonly stats: Stats
}

/** A program that fills `fields`, traced to the collector, into a file and, in both formats, onto the console. */
async function record(
  t: TestContext,
  mode: string,
  fields: readonly string[],
  options: TracingOptions = {},
): Promise<Output> {
  const directory = await mkdtemp(join(tmpdir(), 'redaction-'))
  t.after(() => rm(directory, { recursive: true }))
  const path = join(directory, 'traces.jsonl')
  const exporters: TracingOptions['exporters'] = [
    { kind: 'otlp', url: collector.url },
    { kind: 'file', path },
    { kind: 'console', format: 'json' },
    { kind: 'console', format: 'tree' },
  ]
  await collector.reset()
  await collector.behave({ keepsBodies: true })
  const { code, stdout, stderr } = await runChild(new URL('programs/redaction.mjs', import.meta.url), {
    args: [mode, fields.join()],
    env: { TRACING_OPTIONS: JSON.stringify({ exporters, ...options }) },
  })
  assert.equal(code, 0, stderr)
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  assert.deepEqual([stats.ended, stats.exporters.otlp!.acked, await collector.count()], [2, 2, 2])
  return {
    wire: Buffer.concat(await collector.bodies()),
    file: await readFile(path),
    console: Buffer.from(stderr),
    stats,
  }
}

const LIMITS: { limits?: { attributeValueLength: number } }[] = [{}, { limits: { attributeValueLength: 8 } }]

describe('what is not redacted is there: without redaction', () => {
  test('every secret is on the wire, in the file and on the console', async t => {
    const { wire, file, console } = await record(t, 'none', FIELDS)
    for (const field of FIELDS) {
      assert.ok(holds(wire, field), `${field} is on the wire`)
      assert.ok(holds(file, field), `${field} is in the file`)
      assert.ok(RESOURCE.includes(field) || holds(console, field), `${field} is on the console`)
    }
  })

  test('half of each text is there where a limit goes through it', async t => {
    const output = await record(t, 'none', FIELDS, LIMITS[1])
    for (const bytes of [output.wire, output.file, output.console]) assert.ok(bytes.includes('s3cr3t-v'))
    assert.ok(!output.wire.includes('s3cr3t-va'))
  })

  for (const [mode, covered] of Object.entries(COVERED)) {
    const others = FIELDS.filter(field => !covered.includes(field))
    if (others.length === 0) continue
    test(`${mode}: what is not its business is left alone: ${others.join()}`, async t => {
      const { wire } = await record(t, mode, others)
      for (const field of others) assert.ok(holds(wire, field), field)
    })
  }
})

describe('nothing of a secret leaves the process with', () => {
  for (const [mode, covered] of Object.entries(COVERED)) {
    for (const limits of LIMITS) {
      test(`${mode}, ${covered.length} fields, limits ${JSON.stringify(limits)}`, async t => {
        const { wire, file, console, stats } = await record(t, mode, covered, limits)
        for (const bytes of [wire, file, console, Buffer.from(JSON.stringify(stats))]) {
          assert.equal(bytes.indexOf('s3cr3t'), -1)
          assert.ok(!holds(bytes, 'number'))
        }
        assert.ok(wire.includes(mode === 'with' ? '***' : '[redac'), 'and the spans are there')
      })
    }
  }
})

describe('what the tracer says of a span that is too large', () => {
  for (const [mode, named] of [
    ['none', 's3cr3t-name-end'],
    ['values', '[redacted]'],
  ] as const) {
    test(`${mode}: names it ${named}`, async () => {
      await collector.behave({ status: 413 })
      const { stdout, stderr } = await runChild(new URL('programs/redaction.mjs', import.meta.url), {
        args: [mode, FIELDS.join()],
        env: { TRACING_OPTIONS: JSON.stringify({ exporters: { kind: 'otlp', url: collector.url } }) },
      })
      const stats = JSON.parse(stdout) as Stats
      assertBalanced(stats)
      assert.equal(stats.exporters.otlp!.dropped.too_large, 2)
      assert.ok(stderr.includes(`span "${named}" is too large`), stderr)
      assert.equal((stdout + stderr).includes('s3cr3t'), mode === 'none')
    })
  }
})

describe('a callback that makes spans', () => {
  test('has none of them recorded, also while it redacts the payload of a dead letter', async t => {
    const directory = await mkdtemp(join(tmpdir(), 'redaction-'))
    t.after(() => rm(directory, { recursive: true }))
    const { code, stdout, stderr } = await runChild(new URL('programs/callback-spans.mjs', import.meta.url), {
      env: {
        DEAD_LETTER_DIR: directory,
        TRACING_OPTIONS: JSON.stringify({ exporters: { kind: 'file', path: join(directory, 'traces.jsonl') } }),
      },
    })
    assert.equal(code, 0, stderr)
    const stats = JSON.parse(stdout) as Stats
    assertBalanced(stats)
    assert.deepEqual([stats.ended, stats.exporters.file!.acked], [1, 1])
    assert.ok(stats.unsampled > 10, 'the others')
  })
})

/** Whether the secret of `field` is in `bytes`; a number may be there as protobuf's varint or in digits. */
function holds(bytes: Buffer, field: string): boolean {
  return field === 'number'
    ? bytes.includes(String(CARD)) || bytes.includes(varint(CARD))
    : bytes.includes(`s3cr3t-${field}-end`)
}

function varint(value: bigint): Buffer {
  const groups: number[] = []
  for (let rest = value; rest > 0n; rest >>= 7n) groups.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
  return Buffer.from(groups)
}
