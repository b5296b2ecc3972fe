import type { ConsoleExporterConfig } from '../types/config.ts'
import type { Exporter, SpanView, ViewValue } from '../types/exporter.ts'
import { toBase64 } from '../wire/byte-text.ts'
import { renderSpans } from './console-tree.ts'
import { escapeControls } from './escape.ts'
import { writeStderr } from './stderr.ts'

/** Shows spans on stderr. `write` takes a text for each span and gives back how many it could not write. */
export function createConsoleExporter(
  config: ConsoleExporterConfig,
  write: (texts: readonly string[]) => number = writeStderr,
): Exporter {
  return {
    name: 'console',
    export(batch) {
      const { count } = batch
      const lost = write(config.format === 'json' ? jsonLines(batch.spans()) : renderSpans(batch.spans(), config))
      if (lost === 0) return { outcome: 'sent' }
      // 'sent' cannot say that some spans were not.
      return { outcome: 'acked', rejected: lost, message: `stderr did not take ${lost} of ${count} spans` }
    },
  }
}

/** One span a line, with SpanView's names; numbers that JSON lacks are strings, bytes base64. */
function jsonLines(spans: Iterable<SpanView>): string[] {
  return Array.from(spans, span => `${escapeControls(JSON.stringify(span, jsonValue))}\n`)
}

function jsonValue(_key: string, value: ViewValue): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value instanceof Uint8Array ? toBase64(value) : value
}
