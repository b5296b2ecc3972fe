import type { TextFormat } from './text-format.ts'

interface Range {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/**
 * The format that an Accept header (RFC 9110, 12.5.1) asks for: OpenMetrics where it is named, in the version that we write, and
 * not liked less than the other. A header that leaves us no choice gets Prometheus's own format, which every scraper reads.
 */
export function negotiateFormat(accept: string | undefined): TextFormat {
  const ranges = (accept ?? '').split(',').map(parseRange)
  const openMetrics = ranges.filter(({ type, parameters }) => {
    return type === 'application/openmetrics-text' && (parameters.get('version') ?? '1.0.0') === '1.0.0'
  })
  const text = ranges.filter(({ type }) => type === 'text/plain')
  const liked = best(openMetrics)
  return liked > 0 && liked >= best(text) ? 'openmetrics' : 'text'
}

function best(ranges: readonly Range[]): number {
  return Math.max(0, ...ranges.map(({ quality }) => quality))
}

function parseRange(range: string): Range {
  const [type = '', ...rest] = range.split(';').map(part => part.trim().toLowerCase())
  const parameters = new Map(
    rest.map(part => {
      const at = part.indexOf('=')
      return [
        part.slice(0, at).trim(),
        part
          .slice(at + 1)
          .trim()
          .replaceAll('"', ''),
      ] as const
    }),
  )
  const quality = Number(parameters.get('q') ?? 1)
  return { type, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}
