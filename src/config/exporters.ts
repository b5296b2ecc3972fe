import { printableUrl } from '../net/printable.ts'
import type { ExporterConfig } from '../types/config.ts'
import type { CustomExporterOptions, ExporterOptions } from '../types/options.ts'
import {
  integerOrInfinity,
  oneOf,
  optionsOf,
  plainObject,
  requiredFunction,
  requiredOneOf,
  requiredText,
  text,
} from '../validate.ts'
import type { EnvironmentReader } from './environment.ts'
import { chooseExporters } from './exporter-choice.ts'
import { loadOtherOptions } from './load-other-options.ts'
import { planOtlp } from './otlp.ts'

/** Options that have been checked; called once tracing is on, it fills in what they leave to the environment. */
export type ExporterPlan = (environment: EnvironmentReader, exportTimeoutMs: number) => ExporterConfig

export interface Destination {
  readonly exporters: readonly ExporterConfig[]
  /** One sentence: what is exported to, and why. */
  readonly summary: string
}

type ExporterKind = ExporterOptions['kind']

/** Each kind checks its options at once: `path` is their name in messages. */
const PLANNERS: { readonly [K in ExporterKind]: (path: string, options: unknown) => ExporterPlan } = {
  otlp: planOtlp,
  jaeger: (path, options) => loadOtherOptions().planJaeger(path, options),
  gcp_trace: (path, options) => loadOtherOptions().planCloudTrace(path, options),
  zipkin: (path, options) => loadOtherOptions().planZipkin(path, options),
  console: planConsole,
  file: planFile,
  module: (path, options) => loadOtherOptions().planModule(path, options),
  custom: planCustom,
}
const KINDS = Object.keys(PLANNERS) as ExporterKind[]

/** Checks the `exporters` option; undefined leaves the choice to the environment. Throws TypeError or RangeError. */
export function planExporters(value: unknown): readonly ExporterPlan[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) return [planExporter('exporters', value)]
  return value.map((options: unknown, index) => planExporter(`exporters[${index}]`, options))
}

/** Carries out the plans of the option or else the environment's choice. Throws where a file that an option names is unreadable. */
export function resolveDestination(
  given: readonly ExporterPlan[] | undefined,
  environment: EnvironmentReader,
  exportTimeoutMs: number,
): Destination {
  const { plans, because } = given === undefined ? planFromEnvironment(environment) : planFromOption(given)
  const exporters = plans.map(plan => plan(environment, exportTimeoutMs))
  const targets = exporters.map(describeTarget).join(' and ')
  return {
    exporters,
    summary: `${targets === '' ? 'recording nothing' : `exporting to ${targets}`}, because ${because}`,
  }
}

function planExporter(path: string, value: unknown): ExporterPlan {
  const kind = requiredOneOf(`${path}.kind`, plainObject(path, value).kind, KINDS)
  return PLANNERS[kind](path, value)
}

function planFromOption(plans: readonly ExporterPlan[]): { plans: readonly ExporterPlan[]; because: string } {
  return { plans, because: `the exporters option is ${plans.length === 0 ? 'empty' : 'given'}` }
}

function planFromEnvironment(environment: EnvironmentReader): { plans: readonly ExporterPlan[]; because: string } {
  const { kinds, because } = chooseExporters(environment)
  return { plans: kinds.map(kind => PLANNERS[kind]('exporters', { kind })), because }
}

function describeTarget(exporter: ExporterConfig): string {
  switch (exporter.kind) {
    case 'otlp':
      return `otlp ${printableUrl(exporter.url)}${exporter.protocol === 'grpc' ? ' over gRPC' : ''}`
    case 'zipkin':
      return `zipkin ${printableUrl(exporter.url)}`
    case 'jaeger':
      return `jaeger ${exporter.url.startsWith('udp:') ? exporter.url : printableUrl(exporter.url)}`
    case 'gcp_trace':
      return `gcp_trace ${printableUrl(exporter.url)}v2/projects/${exporter.projectId ?? '(of the credentials)'}`
    case 'console':
      return 'console'
    case 'file':
      return `file ${exporter.path}`
    case 'module':
      return `module ${printableModule(exporter.url)}`
    case 'custom':
      return `custom ${exporter.exporter.name}`
  }
}

/** The text of a data: URL is a program, and no name. */
function printableModule(url: string): string {
  return url.startsWith('file:') ? process.getBuiltinModule('node:url').fileURLToPath(url) : 'data:…'
}

function planConsole(path: string, value: unknown): ExporterPlan {
  const given = optionsOf(path, value, ['kind', 'format'])
  const format = oneOf(`${path}.format`, given.format, ['tree', 'json']) ?? 'tree'
  return environment => ({ kind: 'console', format, colors: wantsColors(environment) })
}

function wantsColors(environment: EnvironmentReader): boolean {
  const forced = environment.text('FORCE_COLOR')
  if (forced !== undefined) return forced !== '0' && forced.toLowerCase() !== 'false'
  return environment.text('NO_COLOR') === undefined && process.getBuiltinModule('node:tty').isatty(2)
}

function planFile(path: string, value: unknown): ExporterPlan {
  const given = optionsOf(path, value, ['kind', 'path', 'maxBytes'])
  const file = text(`${path}.path`, given.path)
  const maxBytes = integerOrInfinity(`${path}.maxBytes`, given.maxBytes, 1) ?? Number.MAX_SAFE_INTEGER
  return environment => ({
    kind: 'file',
    path: absolutePath(file ?? environment.text('BLUEPRINT_TRACING_FILE') ?? 'traces.jsonl'),
    maxBytes: Math.min(maxBytes, Number.MAX_SAFE_INTEGER),
  })
}

/** The path itself where the working directory no longer exists: writing to it then fails and is counted. */
function absolutePath(file: string): string {
  try {
    return process.getBuiltinModule('node:path').resolve(file)
  } catch {
    return file
  }
}

function planCustom(path: string, value: unknown): ExporterPlan {
  const { exporter } = optionsOf(path, value, ['kind', 'exporter'])
  const methods = plainObject(`${path}.exporter`, exporter)
  requiredText(`${path}.exporter.name`, methods.name)
  requiredFunction(`${path}.exporter.export`, methods.export)
  if (methods.close !== undefined) requiredFunction(`${path}.exporter.close`, methods.close)
  return () => Object.freeze({ kind: 'custom', exporter: exporter as CustomExporterOptions['exporter'] })
}
