import type { SpanLimits } from '../types/options.ts'
import { integer, integerOrInfinity, optionsOf } from '../validate.ts'
import type { EnvironmentReader } from './environment.ts'

const MAX_LIMIT = 2 ** 31 - 1
const DEFAULT_COUNT = 128
const NAMES = [
  'attributeCount',
  'attributeValueLength',
  'eventCount',
  'linkCount',
  'attributesPerEvent',
  'attributesPerLink',
] as const

/** Each limit: the option, else its own variable, else the one for all attributes, else the default. */
export function resolveLimits(value: unknown, environment: EnvironmentReader): SpanLimits {
  const given = optionsOf('limits', value === undefined ? {} : value, NAMES)
  const read = (variable: string, fallback: number): number => environment.integer(variable, 0, MAX_LIMIT, fallback)
  const count = (name: (typeof NAMES)[number], variable: string, fallback: number): number =>
    integer(`limits.${name}`, given[name], 0, MAX_LIMIT) ?? read(variable, fallback)

  const attributes = read('OTEL_ATTRIBUTE_COUNT_LIMIT', DEFAULT_COUNT)
  const length = read('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', Number.POSITIVE_INFINITY)
  return {
    attributeCount: count('attributeCount', 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', attributes),
    attributeValueLength:
      integerOrInfinity('limits.attributeValueLength', given.attributeValueLength, 0) ??
      read('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', length),
    eventCount: count('eventCount', 'OTEL_SPAN_EVENT_COUNT_LIMIT', DEFAULT_COUNT),
    linkCount: count('linkCount', 'OTEL_SPAN_LINK_COUNT_LIMIT', DEFAULT_COUNT),
    attributesPerEvent: count('attributesPerEvent', 'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', attributes),
    attributesPerLink: count('attributesPerLink', 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', attributes),
  }
}
