import type { SamplerOptions } from '../types/options.ts'
import { optionsOf, plainObject, ratio, requiredOneOf } from '../validate.ts'
import { describe } from '../wording.ts'
import type { EnvironmentReader } from './environment.ts'

type Kind = SamplerOptions['kind']
type RatioKind = 'traceidratio' | 'parentbased_traceidratio' | 'probability' | 'parentbased_probability'

const KINDS: readonly Kind[] = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'probability',
  'parentbased_probability',
]
const RATIO_KINDS: ReadonlySet<Kind> = new Set<RatioKind>([
  'traceidratio',
  'parentbased_traceidratio',
  'probability',
  'parentbased_probability',
])

/** The sampler option, else OTEL_TRACES_SAMPLER with OTEL_TRACES_SAMPLER_ARG, else parentbased_always_on. */
export function resolveSampler(value: unknown, environment: EnvironmentReader): SamplerOptions {
  return value === undefined ? samplerFromEnvironment(environment) : samplerOption(value)
}

function samplerOption(value: unknown): SamplerOptions {
  const kind = requiredOneOf('sampler.kind', plainObject('sampler', value).kind, KINDS)
  if (!takesRatio(kind)) {
    optionsOf('sampler', value, ['kind'])
    return { kind }
  }
  return { kind, ratio: ratio('sampler.ratio', optionsOf('sampler', value, ['kind', 'ratio']).ratio) ?? 1 }
}

function samplerFromEnvironment(environment: EnvironmentReader): SamplerOptions {
  const kind = environment.oneOf('OTEL_TRACES_SAMPLER', KINDS, 'parentbased_always_on')
  if (environment.text('OTEL_TRACES_SAMPLER') === undefined) noteLoneRatio(environment)
  return takesRatio(kind) ? { kind, ratio: environment.ratio('OTEL_TRACES_SAMPLER_ARG', 1) } : { kind }
}

/** Whoever sets a ratio and no sampler believes that it holds. */
function noteLoneRatio(environment: EnvironmentReader): void {
  const argument = environment.text('OTEL_TRACES_SAMPLER_ARG')
  if (argument === undefined) return
  const kinds = KINDS.filter(takesRatio).join(', ')
  environment.note(
    `OTEL_TRACES_SAMPLER_ARG is ${describe(argument)}, but OTEL_TRACES_SAMPLER is not set and only ${kinds} take a ratio; ignoring it`,
  )
}

function takesRatio(kind: Kind): kind is RatioKind {
  return RATIO_KINDS.has(kind)
}
