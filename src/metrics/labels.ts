import { textOf } from '../trace/text-of.ts'
import type { Labels } from '../types/metrics.ts'

export type LabelPair = readonly [name: string, value: string]

/** Of one series; the first ones are kept. */
const MAX_LABELS = 32
/** Of a name and of a value, in characters: they stay in memory as long as the series. */
const MAX_LENGTH = 1_024
/** Of buckets and summaries, which name their own series by them. */
const TAKEN = ['le', 'quantile']
/** What most names, and most values, need no more than a look for. */
const CLEAN_NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,1023}$/
const ESCAPED = /[\\"\n]/
const SURROGATE = /[\ud800-\udfff]/

/** The labels in the order of their names, those without a value left out. */
export function labelPairs(labels: Labels | undefined): readonly LabelPair[] {
  const pairs = new Map<string, string>()
  for (const [name, value] of Object.entries(labels ?? {})) {
    if (value === undefined || value === null || pairs.size >= MAX_LABELS) continue
    pairs.set(labelName(name), wellFormed(textOf(value).slice(0, MAX_LENGTH)))
  }
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** As both text formats write it, without braces. */
export function formatLabels(pairs: readonly LabelPair[]): string {
  return pairs.map(([name, value]) => `${name}="${escapeValue(value)}"`).join(',')
}

/** Prometheus data model, "metric names and labels": [a-zA-Z_:][a-zA-Z0-9_:]*; anything else becomes an underscore. */
export function metricName(name: string): string {
  const clean = name.slice(0, MAX_LENGTH).replaceAll(/[^a-zA-Z0-9_:]/g, '_')
  return /^[0-9]/.test(clean) ? `_${clean}` : clean
}

/** As for a metric, without colons; two leading underscores are Prometheus's own. */
function labelName(name: string): string {
  if (CLEAN_NAME.test(name) && !TAKEN.includes(name)) return name
  const clean = metricName(name).replaceAll(':', '_').replace(/^_+/, '_')
  return clean === '' || TAKEN.includes(clean) ? `${clean}_` : clean
}

function escapeValue(value: string): string {
  if (!ESCAPED.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** Lone surrogates become U+FFFD here as they would in UTF-8, or two series could end as one. */
function wellFormed(text: string): string {
  return SURROGATE.test(text) ? Buffer.from(text).toString() : text
}
