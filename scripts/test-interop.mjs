// Runs the interop tests: builds the real backends of test/interop/backends with Go (the first time takes minutes, then they lie in
// the user's cache), sends to each what users would, and closes with `N passed, 0 failed`. Test files may be named; then only the
// backends that these start are built. With --build-only that is all, for which nothing needs to be installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'

const OLDEST_GO = [1, 26]
const root = resolve(import.meta.dirname, '..')
const modules = join(root, 'test/interop/backends')
/** Outside of node_modules, which every clean install removes. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'blueprint-tracing-backends')

/**
 * Each is a Go module of its own in test/interop/backends; `version` is read from the module that is named, and `starter` is the
 * function of test/interop/backends.ts that runs it.
 */
const BACKENDS = [
  {
    name: 'OpenTelemetry Collector',
    binary: 'otelcol',
    module: 'collector',
    target: '.',
    version: 'go.opentelemetry.io/collector/otelcol',
    starter: 'startRealCollector',
  },
  {
    name: 'Jaeger',
    binary: 'jaeger-all-in-one',
    module: 'jaeger',
    target: 'github.com/jaegertracing/jaeger/cmd/all-in-one',
    version: 'github.com/jaegertracing/jaeger',
    starter: 'startRealJaeger',
  },
  {
    name: 'fake-gcs-server',
    binary: 'fake-gcs-server',
    module: 'gcs',
    target: 'github.com/fsouza/fake-gcs-server',
    version: 'github.com/fsouza/fake-gcs-server',
    starter: 'startStorage',
  },
  {
    name: "Google's pstest",
    binary: 'pubsub-server',
    module: 'pubsub',
    target: '.',
    version: 'cloud.google.com/go/pubsub/v2',
    starter: 'startPubsub',
  },
]

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'build-only': { type: 'boolean' } } })
const files = testFiles(positionals)
requireGo()
for (const backend of BACKENDS.filter(isNeeded)) build(backend)
if (values['build-only']) process.exit()
process.env.BACKENDS = cache
process.exit(await runTests())

function testFiles(named) {
  if (named.length > 0) return named.map(file => resolve(file))
  const all = readdirSync(join(root, 'test/interop')).filter(file => file.endsWith('.interop.ts'))
  return all.map(file => join(root, 'test/interop', file))
}

function isNeeded({ starter }) {
  return files.some(file => readFileSync(file, 'utf8').includes(starter))
}

function requireGo() {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' })
  const [major = 0, minor = 0] =
    /go(\d+)\.(\d+)/
      .exec(stdout ?? '')
      ?.slice(1)
      .map(Number) ?? []
  if (status === 0 && (major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1]))) return
  const found = status === 0 ? `and this is ${stdout.trim()}` : 'and there is no command go'
  console.error(
    `The interop tests build the real backends with Go ${OLDEST_GO.join('.')} or newer, ${found}: ` +
      'install it from https://go.dev/dl/ or with a package manager, then run npm run test:interop again.',
  )
  process.exit(1)
}

/** A binary goes by the digest of its module, so that a change builds it anew. */
function build({ name, binary, module, target, version }) {
  const source = join(modules, module)
  const digest = createHash('sha256')
  for (const file of readdirSync(source).sort()) digest.update(file).update(readFileSync(join(source, file)))
  const built = join(cache, digest.digest('hex').slice(0, 16), binary)
  const tag = new RegExp(`${version} (v\\S+)`).exec(readFileSync(join(source, 'go.mod'), 'utf8'))?.[1]
  if (existsSync(built)) console.log(`${name} ${tag}: built already`)
  else {
    console.log(`${name} ${tag}: building, which takes minutes the first time`)
    compile(source, target, built)
  }
  cpSync(built, join(cache, binary))
}

/** In a copy: Go writes into the folder of a module. */
function compile(source, target, built) {
  const work = mkdtempSync(join(tmpdir(), 'backend-'))
  try {
    cpSync(source, work, { recursive: true })
    // Without C, optimisation and what debuggers need, which takes less time.
    const env = { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' }
    const args = ['build', '-ldflags=-s -w', '-gcflags=all=-N -l', '-o', join(work, 'built'), target]
    const { status } = spawnSync('go', args, { cwd: work, env, stdio: 'inherit' })
    if (status !== 0) {
      console.error(`go build ${target} failed; does this machine reach a Go module proxy (go env GOPROXY)?`)
      process.exit(1)
    }
    mkdirSync(join(built, '..'), { recursive: true })
    cpSync(join(work, 'built'), `${built}.part`)
    renameSync(`${built}.part`, built)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function runTests() {
  const counts = { passed: 0, failed: 0 }
  const events = run({ files, concurrency: 2 })
  events.on('test:pass', ({ details }) => (counts.passed += details.type === 'suite' ? 0 : 1))
  events.on('test:fail', ({ details }) => (counts.failed += details.type === 'suite' ? 0 : 1))
  for await (const text of events.compose(new spec())) process.stdout.write(text)
  console.log(`${counts.passed} passed, ${counts.failed} failed`)
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1
}
