import type { Exemplar } from './exemplar.ts'
import type { Family, Series } from './family.ts'
import { formatLabels } from './labels.ts'

/** The text format of Prometheus, and that of OpenMetrics, which has units and exemplars too. */
export type TextFormat = 'text' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** One line of a histogram or counter, before its text. */
export interface Sample {
  readonly suffix: '' | '_total' | '_bucket' | '_sum' | '_count'
  /** Text of a bucket's upper bound. */
  readonly le?: string
  readonly value: number
  readonly exemplar?: Exemplar | undefined
}

/** Prometheus exposition format 0.0.4, or OpenMetrics 1.0. Both give a sample the same name and labels. */
export function writeMetrics(families: readonly Family[], format: TextFormat): string {
  const lines = families.flatMap(family => [
    ...describeFamily(family, format),
    ...[...family.series].flatMap(([labels, series]) =>
      samplesOf(family, series).map(sample => writeSample(family, labels, sample, format)),
    ),
  ])
  if (format === 'openmetrics') lines.push('# EOF')
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

export function samplesOf(family: Family, { summary, bucketCounts, exemplars }: Series): readonly Sample[] {
  if (family.type === 'gauge') return [{ suffix: '', value: summary.sum }]
  if (family.type === 'counter') return [{ suffix: '_total', value: summary.sum, exemplar: exemplars[0] }]
  let below = 0
  const buckets = bucketCounts.map((count, index): Sample => {
    below += count
    const bound = family.bounds[index]
    const le = bound === undefined ? '+Inf' : formatBound(bound)
    return { suffix: '_bucket', le, value: below, exemplar: exemplars[index] }
  })
  return [...buckets, { suffix: '_sum', value: summary.sum }, { suffix: '_count', value: summary.count }]
}

/** The name of a counter's family has no `_total` in OpenMetrics, and has it in Prometheus's own format. */
function describeFamily({ exposedName, type, help, unit }: Family, format: TextFormat): readonly string[] {
  const name = format === 'text' && type === 'counter' ? `${exposedName}_total` : exposedName
  const lines = [`# HELP ${name} ${escapeHelp(help, format)}`, `# TYPE ${name} ${type}`]
  if (format === 'openmetrics' && unit !== undefined) lines.push(`# UNIT ${name} ${unit}`)
  return lines
}

function writeSample(family: Family, labels: string, sample: Sample, format: TextFormat): string {
  const { suffix, le, value, exemplar } = sample
  const all = [labels, ...(le === undefined ? [] : [`le="${le}"`])].filter(text => text !== '').join(',')
  const line = `${family.exposedName}${suffix}${all && `{${all}}`} ${formatValue(value)}`
  return format === 'openmetrics' && exemplar !== undefined ? `${line} # ${writeExemplar(exemplar)}` : line
}

function writeExemplar({ labels, value, timestampSeconds }: Exemplar): string {
  return `{${formatLabels(Object.entries(labels))}} ${formatValue(value)} ${timestampSeconds.toFixed(3)}`
}

/** Only sums leave the range of numbers. */
function formatValue(value: number): string {
  return String(value).replace('Infinity', 'Inf')
}

/** OpenMetrics, "canonical numbers": always with a point or an exponent, so that a bound is the same label everywhere. */
function formatBound(bound: number): string {
  if (bound >= 1e6) return bound.toExponential().replace(/e\+(\d)$/, 'e+0$1')
  return Number.isInteger(bound) ? `${bound}.0` : String(bound)
}

function escapeHelp(help: string, format: TextFormat): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped
}
