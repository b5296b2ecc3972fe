import { SpanKind, type TraceFunctionOptions } from '../types/span.ts'
import { integer, optionsOf, plainObject, requiredText, text } from '../validate.ts'

const PATH = 'traceFunction options'

/**
 * The options of `traceFunction` or, as text, its name: checked, and copied so that nothing of the caller's is read again.
 * Throws a TypeError or RangeError that names option, value and what is accepted.
 */
export function readFunctionOptions(given: unknown): TraceFunctionOptions {
  if (given === undefined) return {}
  if (typeof given === 'string') return { name: requiredText('traceFunction name', given) }
  const { name, module, kind, attributes } = optionsOf(PATH, given, ['name', 'module', 'kind', 'attributes'])
  return {
    name: text(`${PATH}.name`, name),
    module: text(`${PATH}.module`, module),
    kind: integer(`${PATH}.kind`, kind, SpanKind.INTERNAL, SpanKind.CONSUMER) as SpanKind | undefined,
    attributes: attributes === undefined ? undefined : { ...plainObject(`${PATH}.attributes`, attributes) },
  }
}
