import type { TlsConfig } from '../types/config.ts'
import { boolean, optionsOf, text } from '../validate.ts'
import { describe } from '../wording.ts'
import type { EnvironmentReader } from './environment.ts'

type Part = 'ca' | 'cert' | 'key'

/** The end of the variable's name, after OTEL_EXPORTER_OTLP_ and OTEL_EXPORTER_OTLP_TRACES_. */
const VARIABLES: Readonly<Record<Part, string>> = { ca: 'CERTIFICATE', cert: 'CLIENT_CERTIFICATE', key: 'CLIENT_KEY' }
const OPTIONS = ['ca', 'cert', 'key', 'caFile', 'certFile', 'keyFile', 'serverName', 'rejectUnauthorized'] as const

const EXPECTED_FILE = 'a readable PEM file'
/** A bundle of all public authorities is about 250 KB. */
const MAX_PEM_BYTES = 1_048_576

/** Checks the options. The files are read when the plan is carried out; one that an option names must be readable. */
export function planTls(path: string, value: unknown): (environment: EnvironmentReader) => TlsConfig | undefined {
  const given = optionsOf(path, value === undefined ? {} : value, OPTIONS)
  const ca = planPart(path, 'ca', given.ca, given.caFile)
  const cert = planPart(path, 'cert', given.cert, given.certFile)
  const key = planPart(path, 'key', given.key, given.keyFile)
  const serverName = text(`${path}.serverName`, given.serverName)
  const rejectUnauthorized = boolean(`${path}.rejectUnauthorized`, given.rejectUnauthorized)
  return environment => {
    const parts = {
      ca: ca(environment),
      cert: cert(environment),
      key: key(environment),
      serverName,
      rejectUnauthorized,
    }
    const entries = Object.entries(parts).filter(([, part]) => part !== undefined)
    return entries.length === 0 ? undefined : (Object.fromEntries(entries) as TlsConfig)
  }
}

function planPart(
  path: string,
  part: Part,
  pem: unknown,
  file: unknown,
): (env: EnvironmentReader) => string | undefined {
  const inline = pemOption(`${path}.${part}`, pem)
  const named = text(`${path}.${part}File`, file)
  if (inline !== undefined && named !== undefined) {
    throw new TypeError(`${path}.${part} and ${path}.${part}File must not both be given, got both`)
  }
  if (named !== undefined) return () => readFileOption(`${path}.${part}File`, named)
  return environment => inline ?? readFromEnvironment(VARIABLES[part], environment)
}

function pemOption(path: string, value: unknown): string | undefined {
  const pem = text(path, value)
  if (pem !== undefined && !isPem(pem)) throw new RangeError(`${path} must be PEM text (a path goes into ${path}File)`)
  return pem
}

function readFileOption(path: string, file: string): string {
  const read = readPem(file)
  if (read.pem !== undefined) return read.pem
  throw new RangeError(`${path} must be ${EXPECTED_FILE}, got ${read.problem}`)
}

function readFromEnvironment(name: string, environment: EnvironmentReader): string | undefined {
  for (const variable of [`OTEL_EXPORTER_OTLP_TRACES_${name}`, `OTEL_EXPORTER_OTLP_${name}`]) {
    const file = environment.text(variable)
    if (file === undefined) continue
    const read = readPem(file)
    if (read.pem !== undefined) return read.pem
    environment.refuse(variable, EXPECTED_FILE, 'ignoring it', read.problem)
  }
  return undefined
}

/** `problem` names the file, unless its name is PEM text: that belongs elsewhere and may be a key. */
function readPem(file: string): { pem: string } | { pem?: undefined; problem: string } {
  const { readFileSync, statSync } = process.getBuiltinModule('node:fs')
  if (isPem(file)) return { problem: 'PEM text' }
  const problem = (reason: string): { problem: string } => ({ problem: `${describe(file)} (${reason})` })
  try {
    const stats = statSync(file)
    if (!stats.isFile() || stats.size > MAX_PEM_BYTES) return problem('not a file of at most 1 MiB')
    const pem = readFileSync(file, 'utf8')
    return isPem(pem) ? { pem } : problem('no PEM block in it')
  } catch (error) {
    return problem((error as NodeJS.ErrnoException).code ?? 'unreadable')
  }
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ')
}
