import { placeSpans } from '../exporters/span-forest.ts'
import type { SpanView } from '../types/exporter.ts'
import { SpanStatusCode } from '../types/span.ts'

/**
 * The names of the spans as an indented tree, the same for every run: no ids, no times. Siblings stand by start time,
 * then by name; a failed span is marked with ✗ and its status message. Lines are joined by a newline.
 */
export function spanTree(spans: Iterable<SpanView>): string {
  return Array.from(placeSpans(spans), ({ span, depth }) => '  '.repeat(depth) + label(span)).join('\n')
}

function label({ name, status }: SpanView): string {
  if (status.code !== SpanStatusCode.ERROR) return name
  return status.message === '' ? `${name} ✗` : `${name} ✗ ${status.message}`
}
