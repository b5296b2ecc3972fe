import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type RealJaeger, startRealJaeger } from './backends.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

let jaeger: RealJaeger
before(async () => {
  jaeger = await startRealJaeger()
})
after(() => jaeger.stop())

const ways: [what: string, env: () => Record<string, string>][] = [
  ['JAEGER_ENDPOINT', () => ({ JAEGER_ENDPOINT: `127.0.0.1:${jaeger.ports.compact}` })],
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT, by gRPC',
    () => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${jaeger.ports.grpc}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    }),
  ],
]

for (const [what, env] of ways) {
  test(`the demo with ${what}: Jaeger shows every span of the four scenes`, t => {
    const demo = run(['--import', 'tsx', 'examples/pipeline/run.ts'], env())
    assert.match(demo, /lost 0\n$/)
    const compared = run(['examples/pipeline/compare-jaeger.mjs', jaeger.query])
    t.diagnostic(compared.trim())
    assert.match(compared, /^out\/traces\.jsonl holds (\d+) spans, Jaeger shows \1 of them\n$/)
  })
}

function run(args: readonly string[], env: Record<string, string> = {}): string {
  const { PATH, HOME } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { PATH, HOME, ...env },
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout + stderr)
  return stdout
}
