import type { Redactor } from '../redaction/redactor.ts'
import type { JsonValue } from '../types/exporter.ts'
import type { JsonObject } from '../types/jobs.ts'
import { isRecord } from './read.ts'

/** Of a payload's JSON text in UTF-8. */
export const MAX_PAYLOAD_BYTES: number = 1_048_576
const MAX_DEPTH = 32
/** Values that are looked at whole and then turn out not to fit; further objects are cut unseen. */
const MAX_OVERFLOWS = 8
const CUT = '[cut]'
const CIRCULAR = '[circular]'
const TOO_DEEP = '[too deep]'
const UNREADABLE = '[unreadable]'

export interface TakenPayload {
  readonly payload: JsonObject
  /** Whether a value did not fit and reads `[cut]`. */
  readonly isCut: boolean
}

/**
 * A copy of `params` that is JSON data: cycles cut, dates, big integers and bytes as text, what must not be seen redacted. A value
 * of `params` that does not fit is cut whole: half a path or list would be a wrong one. Never throws.
 */
export function takePayload(params: unknown, redactor?: Redactor, maxBytes: number = MAX_PAYLOAD_BYTES): TakenPayload {
  const payload: Record<string, JsonValue> = Object.create(null)
  let bytesLeft = maxBytes - 2
  let overflows = 0
  for (const [name, value] of entriesOf(params)) {
    const key = redactor?.keyText(name) ?? name
    const roomForKey = jsonBytes(key) + 2
    if (roomForKey + jsonBytes(CUT) > bytesLeft) return { payload, isCut: true }
    bytesLeft -= roomForKey
    const copy = new PayloadCopy(bytesLeft, redactor)
    const taken = overflows < MAX_OVERFLOWS || !isRecord(value) ? copy.property(value, name, 'input') : OVERFLOW
    if (taken === undefined) continue
    if (taken === OVERFLOW) overflows++
    payload[key] = taken === OVERFLOW ? CUT : taken
    bytesLeft = taken === OVERFLOW ? bytesLeft - jsonBytes(CUT) : copy.bytesLeft
  }
  return { payload, isCut: overflows > 0 }
}

const OVERFLOW = Symbol('does not fit')
type Taken = JsonValue | undefined | typeof OVERFLOW

/** Copies one value, and counts what its JSON text takes. */
class PayloadCopy {
  bytesLeft: number
  private readonly redactor: Redactor | undefined
  private readonly ancestors: object[] = []

  constructor(bytesLeft: number, redactor: Redactor | undefined) {
    this.bytesLeft = bytesLeft
    this.redactor = redactor
  }

  /** `path` is that of the object that has the property. */
  property(value: unknown, name: string, path: string): Taken {
    const inner = `${path}.${name}`
    if (this.redactor?.hides(name, inner)) return this.charged(this.redactor.replacement)
    try {
      return this.copy(value, name, inner)
    } catch {
      // Code of the caller's: a getter, a toJSON, an iterator.
      return this.charged(UNREADABLE)
    }
  }

  private copy(value: unknown, name: string, path: string): Taken {
    switch (typeof value) {
      case 'string':
        return this.text(value, name)
      case 'number':
        return this.number(value)
      case 'bigint':
        return this.text(String(value), name)
      case 'boolean':
        return this.charged(value)
      case 'object':
        return value === null ? this.charged(null) : this.object(value, name, path)
      default:
        return typeof value === 'symbol' ? this.text(String(value), name) : undefined
    }
  }

  /** What is too long is not looked at: half a secret matches no pattern. */
  private text(text: string, name: string): Taken {
    if (text.length > this.bytesLeft) return OVERFLOW
    return this.charged(this.redactor?.text('payload', text, name) ?? text)
  }

  private number(value: number): Taken {
    if (!Number.isFinite(value)) return this.charged(String(value))
    return this.charged(this.redactor?.maskNumber(value) ?? value)
  }

  private object(value: object, name: string, path: string): Taken {
    if (this.ancestors.includes(value)) return this.charged(CIRCULAR)
    if (this.ancestors.length >= MAX_DEPTH) return this.charged(TOO_DEEP)
    if (ArrayBuffer.isView(value)) return this.bytes(value, name)
    if (value instanceof Error) return this.text(String(value), name)
    this.ancestors.push(value)
    try {
      return this.members(value, name, path)
    } finally {
      this.ancestors.pop()
    }
  }

  /** As base64, of which the length is known beforehand. */
  private bytes(view: ArrayBufferView, name: string): Taken {
    if ((view.byteLength * 4) / 3 > this.bytesLeft) return OVERFLOW
    return this.text(Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64'), name)
  }

  private members(value: object, name: string, path: string): Taken {
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return this.copy(toJSON.call(value, name), name, path)
    if (Array.isArray(value) || value instanceof Set) return this.list(value, name, path)
    return this.entries(value instanceof Map ? value : entriesOf(value), path)
  }

  private list(values: Iterable<unknown>, name: string, path: string): Taken {
    const copy: JsonValue[] = []
    this.bytesLeft -= 2
    for (const value of values) {
      const given = this.copy(value, name, path)
      const taken = given === undefined ? this.charged(null) : given
      this.bytesLeft--
      if (taken === OVERFLOW || this.bytesLeft < 0) return OVERFLOW
      copy.push(taken ?? null)
    }
    return copy
  }

  private entries(entries: Iterable<[unknown, unknown]>, path: string): Taken {
    const copy: Record<string, JsonValue> = Object.create(null)
    this.bytesLeft -= 2
    for (const [property, value] of entries) {
      const name = String(property)
      if (name.length > this.bytesLeft) return OVERFLOW
      const taken = this.property(value, name, path)
      if (taken === undefined) continue
      const key = this.redactor?.keyText(name) ?? name
      this.bytesLeft -= jsonBytes(key) + 2
      if (taken === OVERFLOW || this.bytesLeft < 0) return OVERFLOW
      copy[key] = taken
    }
    return copy
  }

  private charged(value: string | number | boolean | null): Taken {
    this.bytesLeft -= jsonBytes(value)
    return this.bytesLeft < 0 ? OVERFLOW : value
  }
}

function jsonBytes(value: string | number | boolean | null): number {
  return Buffer.byteLength(JSON.stringify(value))
}

/** A property that throws when it is read is there all the same. */
function* entriesOf(value: unknown): Generator<[string, unknown]> {
  if (!isRecord(value)) return
  let keys: string[]
  try {
    keys = Object.keys(value)
  } catch {
    return
  }
  for (const key of keys) yield [key, readProperty(value, key)]
}

function readProperty(value: Record<string, unknown>, key: string): unknown {
  try {
    return value[key]
  } catch {
    return UNREADABLE
  }
}
