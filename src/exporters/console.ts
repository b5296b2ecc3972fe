import type { ConsoleExporterConfig } from '../types/config.ts'
import type { Exporter, SpanView, ViewValue } from '../types/exporter.ts'
import { toBase64 } from '../wire/byte-text.ts'
import { renderSpans } from './console-tree.ts'
import { escapeControls } from './escape.ts'
import { writeStderr } from './stderr.ts'

/** Shows spans on stderr. `write` gives back how many lines it could not write. */
export function createConsoleExporter(
  config: ConsoleExporterConfig,
  write: (text: string) => number = writeStderr,
): Exporter {
  return {
    name: 'console',
    export(batch) {
      const lost = write(config.format === 'json' ? jsonLines(batch.spans()) : renderSpans(batch.spans(), config))
      if (lost === 0) return { outcome: 'sent' }
      return { outcome: 'sent', message: `${lost} lines could not be written to stderr` }
    },
  }
}

/** One span a line, with SpanView's names; numbers that JSON lacks are strings, bytes base64. */
function jsonLines(spans: Iterable<SpanView>): string {
  let text = ''
  for (const span of spans) text += `${escapeControls(JSON.stringify(span, jsonValue))}\n`
  return text
}

function jsonValue(_key: string, value: ViewValue): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value instanceof Uint8Array ? toBase64(value) : value
}
