import { printableText } from '../net/printable.ts'
import { CUT_VALUES } from '../net/status-trouble.ts'
import type { ExportResult } from '../types/exporter.ts'
import type { PartialSuccess } from './otlp-reply.ts'

/** OTLP asks clients not to send more, uncompressed. */
export const MAX_REQUEST_BYTES: number = 64 * 1024 * 1024
const MAX_MESSAGE_CHARS = 200

export const IS_COLLECTOR = 'is this the URL of a collector?'

/** Whom an exporter speaks to, as messages show it. */
interface Target {
  readonly shown: string
  readonly hideSecrets: (text: string) => string
}

export function tooLarge(shown: string): ExportResult {
  return { outcome: 'too_large', message: `${shown}: the request is over 64 MiB; ${CUT_VALUES}` }
}

/** What becomes of `count` spans that the server has taken; `partial` is undefined where its answer is none of OTLP. */
export function acknowledged(
  partial: PartialSuccess | undefined,
  { shown, hideSecrets }: Target,
  count: number,
): ExportResult {
  if (partial === undefined) {
    return { outcome: 'acked', message: `${shown}: the answer is not one of OTLP; ${IS_COLLECTOR}` }
  }
  const said = printableText(hideSecrets(partial.errorMessage), MAX_MESSAGE_CHARS)
  const rejected = Math.min(Math.max(partial.rejectedSpans, 0), count)
  if (rejected > 0) {
    const message = `${shown}: the server refused ${rejected} of ${count} spans: ${said || 'it gives no reason'}`
    return { outcome: 'acked', rejected, message }
  }
  return said === '' ? { outcome: 'acked' } : { outcome: 'acked', message: `${shown}: the server warns: ${said}` }
}
