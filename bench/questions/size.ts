import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, type Row, ratio, row } from '../report.ts'

export const title = 'size: what an installation takes, in packages and bytes'

/** What has to be installed for traces to the same places in the same formats of propagation. */
const RIVALS: Readonly<Record<string, readonly string[]>> = {
  opentelemetry: [
    '@opentelemetry/sdk-trace-base',
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/exporter-trace-otlp-proto',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/exporter-trace-otlp-grpc',
    '@opentelemetry/exporter-zipkin',
    '@opentelemetry/exporter-jaeger',
    '@google-cloud/opentelemetry-cloud-trace-exporter',
    '@opentelemetry/propagator-b3',
    '@opentelemetry/propagator-jaeger',
  ],
  'opentelemetry-otlp': [
    '@opentelemetry/sdk-trace-base',
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/exporter-trace-otlp-proto',
  ],
  'dd-trace': ['dd-trace'],
  sentry: ['@sentry/node'],
  'jaeger-client': ['jaeger-client'],
}

interface Size {
  readonly packages: number
  readonly bytes: number
}

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** A folder with a lock file, and what it has installed, by path. */
interface Installation {
  readonly folder: string
  readonly packages: Readonly<Record<string, LockedPackage>>
}

export async function answer(): Promise<Answer> {
  const root = join(import.meta.dirname, '../..')
  const bench = readInstallation(join(root, 'bench'))
  const sizes: [subject: string, size: Size][] = [['blueprint', ownSize(root)]]
  for (const [subject, names] of Object.entries(RIVALS)) sizes.push([subject, sizeOf(bench, names)])
  const [[, ours], ...rivals] = sizes as [(typeof sizes)[number], ...typeof sizes]
  return {
    rows: sizes.flatMap(([subject, { packages, bytes }]): Row[] => [
      row('packages', subject, '', [packages]),
      row('installed', subject, 'kB', [bytes / 1000]),
    ]),
    ratios: [
      ratio('packages', 'number', [ours.packages]),
      ...rivals.map(([subject, { bytes }]) => ratio('installed', subject, [ours.bytes / bytes])),
    ],
  }
}

/** What `npm pack` would publish, and the production dependencies. */
function ownSize(root: string): Size {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ unpackedSize }] = JSON.parse(packed) as [{ unpackedSize: number }]
  const installation = readInstallation(root)
  const dependencies = sizeOf(installation, Object.keys(installation.packages['']?.dependencies ?? {}))
  return { packages: dependencies.packages + 1, bytes: dependencies.bytes + unpackedSize }
}

function readInstallation(folder: string): Installation {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  return { folder, packages }
}

/** Of these packages and everything they bring along. */
function sizeOf(installation: Installation, names: readonly string[]): Size {
  const paths = new Set<string>()
  for (const name of names) collect(installation, '', name, paths)
  const bytes = [...paths].reduce((sum, path) => sum + bytesOf(join(installation.folder, path)), 0)
  return { packages: paths.size, bytes }
}

function collect(installation: Installation, from: string, name: string, paths: Set<string>): void {
  const path = resolve(installation, from, name)
  if (path === undefined) throw new Error(`${name} is not installed in ${installation.folder}`)
  if (paths.has(path)) return
  paths.add(path)
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = installation.packages[path]!
  for (const dependency of Object.keys(dependencies ?? {})) collect(installation, path, dependency, paths)
  for (const peer of Object.keys(peerDependencies ?? {})) {
    if (peerDependenciesMeta?.[peer]?.optional !== true) collect(installation, path, peer, paths)
  }
  // Those for other systems are locked and not installed.
  for (const optional of Object.keys(optionalDependencies ?? {})) {
    const place = resolve(installation, path, optional)
    if (place !== undefined && isFolder(join(installation.folder, place))) collect(installation, path, optional, paths)
  }
}

/** As Node looks for it: in the package's own folder, then further up. */
function resolve({ packages }: Installation, from: string, name: string): string | undefined {
  for (let folder = from; ; ) {
    const path = join(folder, 'node_modules', name)
    if (path in packages) return path
    if (folder === '') return undefined
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
  }
}

/** Packages inside are counted on their own. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return sum + lstatSync(path).size
    return entry.name === 'node_modules' ? sum : sum + bytesOf(path)
  }, 0)
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
