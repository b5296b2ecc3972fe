import assert from 'node:assert/strict'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from './child.ts'
import { assertBalanced } from './ledger.ts'

const PROGRAM = new URL('../features/programs/trouble.mjs', import.meta.url)
const PREFIX = 'blueprint-tracing: '
/** Those that the system gives out have five digits. */
const FREE_PORT = /(?<=:|port )\d{5}\b/g
const SECRET = /s3cr3t/
/** Every place in which a secret travels to a collector. */
const SECRET_HEADER = 's3cr3t-header'
const SECRETS = { user: 'user:s3cr3t-password@', query: '?token=s3cr3t-query' }

export interface TroubleRun {
  /** Base URL of the collector, without secrets. */
  readonly endpoint?: string | undefined
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly options?: object | undefined
  readonly spans?: number | undefined
  /** What the program waits for before it ends. */
  readonly until?: 'a first failure' | 'the end of all' | undefined
  readonly onStderr?: ((stderr: string) => void) | undefined
}

export interface TroubleResult {
  /** What the tracer has said at warn or above, without its prefix, and with PORT in place of every port. */
  readonly lines: readonly string[]
  readonly stats: Stats
}

/**
 * Has a program in a process of its own meet a trouble, with secrets in its headers and its URL, and gives what was said of it.
 * In any case the program goes on undisturbed, its ledger balances and no secret is shown.
 */
export async function meetTrouble({
  endpoint,
  env,
  options,
  spans,
  until,
  onStderr,
}: TroubleRun): Promise<TroubleResult> {
  const { code, signal, stdout, stderr } = await runChild(PROGRAM, {
    args: [until ?? 'a first failure', ...(spans === undefined ? [] : [String(spans)])],
    env: {
      OTEL_LOG_LEVEL: 'warn',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint === undefined ? undefined : withSecrets(endpoint),
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${SECRET_HEADER}`,
      TRACING_OPTIONS: JSON.stringify({
        exitTimeoutMs: 200,
        maxBatchDelayMs: 1,
        retry: { initialDelayMs: 20, maxDelayMs: 50 },
        ...options,
      }),
      ...env,
    },
    onStderr,
  })
  assert.deepEqual([code, signal], [0, null], stderr)
  assert.doesNotMatch(stderr, SECRET)
  assert.doesNotMatch(stdout, SECRET)
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  return { lines: linesOf(stderr), stats }
}

/** The lines of stderr, all of which have to be the tracer's. */
function linesOf(stderr: string): string[] {
  const lines = stderr.split('\n').filter(line => line !== '')
  return lines.map(line => {
    assert.ok(line.startsWith(PREFIX), stderr)
    return line.slice(PREFIX.length).replaceAll(FREE_PORT, 'PORT')
  })
}

function withSecrets(endpoint: string): string {
  return endpoint.replace('://', `://${SECRETS.user}`) + SECRETS.query
}
