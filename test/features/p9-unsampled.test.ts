import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { assertBalanced } from '../support/ledger.ts'

const PROGRAM = new URL('programs/spans-under-parents.mjs', import.meta.url)
const SENTENCE =
  'all 3 spans were started below a parent that is not sampled, so none was recorded; have the parent sampled (the flags ' +
  'that end its traceparent), or set OTEL_TRACES_SAMPLER=always_on'
const UNSAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
const SAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

interface Case {
  readonly what: string
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly said: readonly string[]
  readonly unsampled: number
}

const cases: readonly Case[] = [
  { what: 'everything unsampled by TRACEPARENT', env: { TRACEPARENT: UNSAMPLED }, said: [SENTENCE], unsampled: 3 },
  { what: 'everything unsampled by a header', args: [UNSAMPLED], env: {}, said: [SENTENCE], unsampled: 3 },
  {
    what: 'with a shutdown before the exit, it is said once',
    args: [UNSAMPLED, 'shutdown'],
    env: {},
    said: [SENTENCE],
    unsampled: 3,
  },
  { what: 'a sampled parent is no trouble', env: { TRACEPARENT: SAMPLED }, said: [], unsampled: 0 },
  {
    what: 'one span of another trace is recorded',
    args: ['root'],
    env: { TRACEPARENT: UNSAMPLED },
    said: [],
    unsampled: 3,
  },
  {
    what: 'it is the sampler of this process that refuses',
    env: { TRACEPARENT: SAMPLED, OTEL_TRACES_SAMPLER: 'always_off' },
    said: [],
    unsampled: 3,
  },
  {
    what: 'it is the sampler of this process that refuses the root',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
    said: [],
    unsampled: 3,
  },
  {
    what: 'the sampler follows no parent',
    env: { TRACEPARENT: UNSAMPLED, OTEL_TRACES_SAMPLER: 'always_on' },
    said: [],
    unsampled: 0,
  },
]

describe('P9: everything unsampled by the parent is explained once, at exit:', { concurrency: 3 }, () => {
  for (const { what, args = [], env, said, unsampled } of cases) {
    test(`${what}: ${said[0] ?? 'nothing is said'}`, async () => {
      const { code, stdout, stderr } = await runChild(PROGRAM, {
        args,
        env: { OTEL_TRACES_EXPORTER: 'console', ...env },
      })
      assert.equal(code, 0, stderr)
      const stats = JSON.parse(stdout) as Stats
      assertBalanced(stats)
      assert.equal(stats.unsampled, unsampled)
      const [summary, ...lines] = stderr.match(/(?<=^blueprint-tracing: ).*$/gm) ?? []
      assert.match(summary ?? '', /^exporting to console/)
      assert.deepEqual(lines, said)
    })
  }
})
