// `npx tsx test/support/with-google.ts npm start` runs a command whose environment leads to a local stand-in for Google's endpoints,
// with the key of a service account. What the stand-in makes of it is printed at the end; exit code 1 where it has refused anything.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGoogle } from './google.ts'

const [command, ...args] = process.argv.slice(2)
if (command === undefined) throw new Error('usage: with-google.ts <command> [argument …]')

const ends: (() => void)[] = []
const google = await startGoogle({ after: end => void ends.push(end as () => void) })
const folder = mkdtempSync(join(tmpdir(), 'google-'))
const file = join(folder, 'key.json')
writeFileSync(file, JSON.stringify(google.credentials('service_account')), { mode: 0o600 })

const child = spawn(command, args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    GCP_PROJECT_ID: 'demo',
    GOOGLE_APPLICATION_CREDENTIALS: file,
    BLUEPRINT_TRACING_CLOUD_TRACE_URL: google.origin,
  },
})
const [code] = (await once(child, 'close')) as [number | null]

const { refusals, spans } = google
const signed = google.count('/token')
const bodies = google.count(':batchWrite')
console.log(
  `Google's stand-in: ${signed} signed token requests, ${bodies} bodies, ${spans.length} spans, ${refusals.length} refused`,
)
for (const refusal of refusals) console.error(refusal)
for (const end of ends) end()
rmSync(folder, { recursive: true })
process.exitCode = refusals.length > 0 ? 1 : (code ?? 1)
