import assert from 'node:assert/strict'
import { runChild } from '../support/child.ts'
import { CORPUS, LARGE } from './corpus.ts'
import { expectedSpan, type OtlpSpan, type SentIds } from './expected.ts'

const program = new URL('programs/send-corpus.ts', import.meta.url)

/** Runs the program that sends the corpus with these exporters and says what it should; gives what has to arrive of it. */
export async function sendCorpus(
  service: string,
  exporters: object,
  which: 'small' | 'large',
  said: RegExp = /^$/,
): Promise<OtlpSpan[]> {
  const { code, stdout, stderr } = await runChild(program, {
    execArgv: ['--import', 'tsx'],
    args: [service, which],
    env: { TRACING_OPTIONS: JSON.stringify({ exporters }), OTEL_LOG_LEVEL: 'warn' },
  })
  assert.equal(code, 0, stderr)
  assert.match(stderr, said)
  const sent = new Map((JSON.parse(stdout) as SentIds[]).map(ids => [ids.name, ids]))
  return (which === 'large' ? [...CORPUS, ...LARGE] : CORPUS).map(each =>
    expectedSpan(each, sent.get(each.name)!, sent),
  )
}
