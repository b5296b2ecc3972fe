import type { JaegerProcess, JaegerSpan, Tags } from './jaeger-span.ts'

/** Ends a text that was cut; its bytes count. */
const CUT_MARK = '…'
const CUT_MARK_BYTES = 3

/** A text or bytes that can be cut. */
interface Place {
  readonly bytes: number
  readonly cut: (maxBytes: number) => void
}

/** Takes at least `excessBytes` out of the largest values of a span, its name among them. False if they do not have as many. */
export function cutSpan(span: JaegerSpan, excessBytes: number): boolean {
  const name: Place = {
    bytes: Buffer.byteLength(span.operationName),
    cut: maxBytes => {
      span.operationName = cutText(span.operationName, maxBytes)
    },
  }
  return cutLargest([name, ...[span.tags, ...span.logs.map(log => log.fields)].flatMap(placesIn)], excessBytes)
}

/** As `cutSpan`, of a process; its name stays. */
export function cutProcess({ tags }: JaegerProcess, excessBytes: number): boolean {
  return cutLargest(placesIn(tags), excessBytes)
}

/** All values over one size are cut to it, so that the small ones stay whole. */
function cutLargest(places: Place[], excessBytes: number): boolean {
  places.sort((a, b) => b.bytes - a.bytes)
  let sum = 0
  for (const [index, { bytes }] of places.entries()) {
    sum += bytes
    const count = index + 1
    const nextBytes = places[count]?.bytes ?? 0
    if (sum - count * nextBytes < excessBytes) continue
    const maxBytes = Math.floor((sum - excessBytes) / count)
    for (const { cut } of places.slice(0, count)) cut(maxBytes)
    return true
  }
  return false
}

function placesIn(tags: Tags): Place[] {
  const places: Place[] = []
  for (const [key, value] of tags) {
    if (typeof value === 'string') {
      places.push({
        bytes: Buffer.byteLength(value),
        cut: maxBytes => void tags.set(key, cutText(value, maxBytes)),
      })
    } else if (value instanceof Uint8Array) {
      places.push({ bytes: value.length, cut: maxBytes => void tags.set(key, value.subarray(0, maxBytes)) })
    }
  }
  return places
}

/** At most `maxBytes` in UTF-8, and no half of a character. */
function cutText(text: string, maxBytes: number): string {
  if (maxBytes < CUT_MARK_BYTES) return ''
  const bytes = Buffer.from(text)
  let end = maxBytes - CUT_MARK_BYTES
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end) + CUT_MARK
}
