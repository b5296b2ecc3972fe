import { type HeaderName, readCarrier, type SetHeader } from './carrier.ts'
import { indexOrEnd, isAll, trimBlanks } from './characters.ts'
import { decisionOf, remoteSpan } from './remote-span.ts'
import type { IncomingTrace, SamplingDecision } from './sampling.ts'
import { isSpanIdAt, isTraceIdAt, LOWER_HEX, paddedId } from './span-context.ts'
import type { TraceFormat } from './trace-format.ts'

/** Ours: a `b3` value has 68 characters, and a header that came several times is a list. Bounds what slices keep in memory. */
const MAX_CHARS = 512

const LONG_TRACE_ID_CHARS = 32
const ID_CHARS = 16

const HEADERS: readonly HeaderName[] = [
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
]

const DECISIONS: ReadonlyMap<string, SamplingDecision> = new Map([
  ['1', 'accept'],
  ['0', 'deny'],
  ['d', 'debug'],
])
/** Early tracers wrote these words. */
const SAMPLED_WORDS: ReadonlyMap<string, SamplingDecision> = new Map([
  ['1', 'accept'],
  ['true', 'accept'],
  ['0', 'deny'],
  ['false', 'deny'],
])
const LETTERS: Readonly<Record<SamplingDecision, string>> = { accept: '1', deny: '0', debug: 'd' }

/** The parts of B3's multiple headers. */
export interface B3Headers {
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  readonly sampled: string | undefined
  readonly flags: string | undefined
}

/** B3 in one header (openzipkin/b3-propagation, "Single Header"). The multiple ones are read where that is absent. */
export const B3: TraceFormat = {
  headers: HEADERS,
  optional: HEADERS,
  read: readB3,
  write(span, set) {
    const decision = decisionOf(span)
    const ids = `${span.traceId}-${span.spanId}`
    set('b3', decision === undefined ? ids : `${ids}-${LETTERS[decision]}`)
  },
  writeDecision: (decision, set) => set('b3', LETTERS[decision]),
}

/** B3 in multiple headers (openzipkin/b3-propagation, "Multiple Headers"). The single one is read where it is there. */
export const B3_MULTI: TraceFormat = {
  headers: HEADERS,
  optional: HEADERS,
  read: readB3,
  write(span, set) {
    set('x-b3-traceid', span.traceId)
    set('x-b3-spanid', span.spanId)
    const decision = decisionOf(span)
    if (decision !== undefined) writeMultiDecision(decision, set)
  },
  writeDecision: writeMultiDecision,
}

/** What a `b3` value says: `<trace id>-<span id>[-<decision>[-<parent's id>]]`, or a decision alone. */
export function parseB3(text: string): IncomingTrace | undefined {
  const value = firstValue(text)
  if (value === undefined) return undefined
  const decision = DECISIONS.get(value)
  if (decision !== undefined) return decision
  const [traceId = '', spanId = '', letter, parentId, ...rest] = value.split('-')
  if (rest.length > 0 || (parentId !== undefined && !isHexId(parentId))) return undefined
  const decided = letter === undefined ? undefined : DECISIONS.get(letter)
  return letter !== undefined && decided === undefined ? undefined : toSpan(traceId, spanId, decided)
}

/** What the multiple headers say. A malformed one, or one id without the other, makes all of them count for nothing. */
export function parseB3Multi({ traceId, spanId, sampled, flags }: B3Headers): IncomingTrace | undefined {
  const word = sampled === undefined ? undefined : (firstValue(sampled) ?? '')
  const isDebug = flags !== undefined && firstValue(flags) === '1'
  const decision = isDebug ? 'debug' : SAMPLED_WORDS.get(word ?? '')
  if (word !== undefined && !SAMPLED_WORDS.has(word)) return undefined
  if (traceId === undefined && spanId === undefined) return decision
  return toSpan(firstValue(traceId ?? '') ?? '', firstValue(spanId ?? '') ?? '', decision)
}

function readB3(carrier: Parameters<TraceFormat['read']>[0]): IncomingTrace | undefined {
  const single = readCarrier(carrier, 'b3')
  if (single !== undefined) return parseB3(single)
  return parseB3Multi({
    traceId: readCarrier(carrier, 'x-b3-traceid'),
    spanId: readCarrier(carrier, 'x-b3-spanid'),
    sampled: readCarrier(carrier, 'x-b3-sampled'),
    flags: readCarrier(carrier, 'x-b3-flags'),
  })
}

/** Debug stands in place of the decision, never beside it. */
function writeMultiDecision(decision: SamplingDecision, set: SetHeader): void {
  if (decision === 'debug') set('x-b3-flags', '1')
  else set('x-b3-sampled', LETTERS[decision])
}

/** Of a header that came several times the first one holds; HTTP joins them by commas. */
function firstValue(text: string): string | undefined {
  return text.length > MAX_CHARS ? undefined : trimBlanks(text, 0, indexOrEnd(text, ','))
}

/** A trace id may have half the digits, as all had at first. Lower case only, as B3 has it. */
function toSpan(traceId: string, spanId: string, decision: SamplingDecision | undefined): IncomingTrace | undefined {
  const isTraceId =
    traceId.length === LONG_TRACE_ID_CHARS
      ? isTraceIdAt(traceId, 0)
      : traceId.length === ID_CHARS && isSpanIdAt(traceId, 0)
  if (!isTraceId || spanId.length !== ID_CHARS || !isSpanIdAt(spanId, 0)) return undefined
  return remoteSpan(paddedId(traceId, LONG_TRACE_ID_CHARS)!, spanId, decision)
}

function isHexId(text: string): boolean {
  return text.length === ID_CHARS && isAll(LOWER_HEX, text)
}
