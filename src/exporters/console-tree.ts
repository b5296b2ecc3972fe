import type { SpanView } from '../types/exporter.ts'
import { SpanStatusCode } from '../types/span.ts'
import { escapeControls } from './escape.ts'
import { type PlacedSpan, placeSpans } from './span-forest.ts'

/** Levels that are indented; deeper spans say their level, so that a long chain does not draw itself across the page. */
const MAX_INDENTED_LEVELS = 32
const MAX_REASON_CHARACTERS = 200
/** Room for '999.5 ms' and a space in front. */
const DURATION_WIDTH = 9

const RED = '\x1b[31m'
const DIM = '\x1b[2m'
const RESET = '\x1b[0m'

export interface TreeOptions {
  readonly colors: boolean
}

/**
 * Draws spans as trees. The texts come in the order of the lines, one for each span: its line, after the heading of its
 * trace if it is the first there. A span whose parent is not among them starts a tree and says where it hangs. Control
 * characters in what the spans carry are escaped.
 */
export function renderSpans(spans: Iterable<SpanView>, options: TreeOptions): string[] {
  const paint = painter(options.colors)
  const branch: boolean[] = []
  let traceId: string | undefined
  const texts: string[] = []
  for (const place of placeSpans(spans)) {
    const heading = place.span.traceId === traceId ? '' : `${paint(DIM, `trace ${place.span.traceId}`)}\n`
    traceId = place.span.traceId
    branch[place.depth] = place.last
    texts.push(`${heading}${spanLine(place, branch, paint)}\n`)
  }
  return texts
}

type Paint = (color: string, text: string) => string

function painter(colors: boolean): Paint {
  return colors ? (color, text) => color + text + RESET : (_color, text) => text
}

function spanLine(place: PlacedSpan, branch: readonly boolean[], paint: Paint): string {
  const { span } = place
  const duration = formatDuration(span.endTimeUnixNano - span.startTimeUnixNano).padStart(DURATION_WIDTH)
  const name = escapeControls(span.name)
  const label = span.status.code === SpanStatusCode.ERROR ? paint(RED, `✗ ${name}${errorReason(span)}`) : name
  const origin = place.depth === 0 ? paint(DIM, parentNote(span)) : ''
  return `${paint(DIM, duration)}  ${indentation(place.depth, branch)}${label}${origin}`
}

/** `branch[d]`: whether the ancestor at depth d, or at last the span itself, is the last of its siblings. */
function indentation(depth: number, branch: readonly boolean[]): string {
  if (depth > MAX_INDENTED_LEVELS) return `${'   '.repeat(MAX_INDENTED_LEVELS)}(level ${depth}) `
  let indent = ''
  for (let level = 1; level < depth; level++) indent += branch[level] ? '   ' : '│  '
  if (depth > 0) indent += branch[depth] ? '└─ ' : '├─ '
  return indent
}

function parentNote(span: SpanView): string {
  if (span.parentSpanId === undefined) return ''
  return span.parentIsRemote ? ` (child of remote ${span.parentSpanId})` : ` (child of ${span.parentSpanId})`
}

/** The exception's first line, and the status message unless that line already holds it. */
function errorReason(span: SpanView): string {
  const { message } = span.status
  const exception = exceptionLine(span)
  const parts = exception.includes(message) ? [exception] : [firstLine(message), exception]
  return parts
    .filter(part => part !== '')
    .map(part => `: ${escapeControls(part)}`)
    .join('')
}

/** From the last `exception` event, by the names of OpenTelemetry's conventions. */
function exceptionLine(span: SpanView): string {
  const event = span.events.findLast(({ name }) => name === 'exception')
  if (event === undefined) return ''
  const parts = [event.attributes['exception.type'], event.attributes['exception.message']]
  return firstLine(parts.filter(part => typeof part === 'string' && part !== '').join(': '))
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]!
  return line.length > MAX_REASON_CHARACTERS ? `${line.slice(0, MAX_REASON_CHARACTERS)}…` : line
}

/** Three digits in the unit that leaves up to three before the point: `310 µs`, `12.3 ms`, `1.24 s`, `4000 s`. */
export function formatDuration(nanoseconds: bigint): string {
  const microseconds = Number(nanoseconds) / 1e3
  const size = Math.abs(microseconds)
  if (size < 999.5) return `${Math.round(microseconds)} µs`
  if (size < 999.5e3) return `${(microseconds / 1e3).toPrecision(3)} ms`
  if (size < 999.5e6) return `${(microseconds / 1e6).toPrecision(3)} s`
  return `${Math.round(microseconds / 1e6)} s`
}
