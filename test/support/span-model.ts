import type { Attributes, Link, SpanContext } from '../../src/types/span.ts'
import type { Action } from './arbitraries-span.ts'

/** What a span with default limits has to decode to by the official messages; 64-bit numbers as text, bytes as base64. */
export interface ExpectedSpan {
  name: string
  attributes: object[]
  droppedAttributesCount: number
  events: object[]
  links: object[]
  status: { code: number; message: string }
}

const MAX_ATTRIBUTES = 128

/** A second, slow reading of API.md's rules that shares no code with the first. */
export function expectedSpan(name: string, actions: readonly Action[]): ExpectedSpan {
  const values = new Map<string, object>()
  const span: ExpectedSpan = {
    name: wellFormed(name),
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    links: [],
    status: { code: 0, message: '' },
  }
  for (const action of actions) {
    if (action.do === 'set') span.droppedAttributesCount += setAttribute(values, action.key, action.value)
    else if (action.do === 'setAll') {
      for (const [key, value] of Object.entries(action.attributes))
        span.droppedAttributesCount += setAttribute(values, key, value)
    } else act(span, action)
  }
  span.attributes = keyValues(values)
  return span
}

function act(span: ExpectedSpan, action: Exclude<Action, { do: 'set' | 'setAll' }>): void {
  switch (action.do) {
    case 'event': {
      const timeUnixNano = String(BigInt((action.time as Date).getTime()) * 1_000_000n)
      span.events.push({ timeUnixNano, name: wellFormed(action.name), ...attributesField(action.attributes) })
      break
    }
    case 'link':
      span.links.push(expectedLink(action.link))
      break
    case 'status': {
      const { code, message = '' } = action.status
      if (span.status.code !== 1 && code !== 0) span.status = { code, message: code === 2 ? wellFormed(message) : '' }
      break
    }
    case 'rename':
      span.name = wellFormed(action.name)
  }
}

function expectedLink({ context, attributes, droppedAttributesCount }: Link): object {
  return {
    traceId: base64(context.traceId),
    spanId: base64(context.spanId),
    ...traceStateField(context),
    ...attributesField(attributes),
    ...(droppedAttributesCount ? { droppedAttributesCount } : {}),
    flags: context.traceFlags | 0x100 | (context.isRemote === true ? 0x200 : 0),
  }
}

export function traceStateField({ traceState }: SpanContext): { traceState?: string } {
  const text = traceState?.serialize()
  return text ? { traceState: text } : {}
}

export function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}

function attributesField(attributes: Attributes = {}): { attributes?: object[] } {
  const values = new Map<string, object>()
  for (const [key, value] of Object.entries(attributes)) setAttribute(values, key, value)
  return values.size === 0 ? {} : { attributes: keyValues(values) }
}

/** Answers the number of attributes dropped. */
function setAttribute(values: Map<string, object>, key: string, value: unknown): number {
  if (key === '' || value === undefined || value === null) return 0
  if (!values.has(key) && values.size === MAX_ATTRIBUTES) return 1
  values.set(key, anyValue(value))
  return 0
}

function keyValues(values: Map<string, object>): object[] {
  return Array.from(values, ([key, value]) => ({ key: wellFormed(key), value }))
}

export function anyValue(value: unknown, integers = true): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: wellFormed(value) }
    case 'boolean':
      return { boolValue: value }
    case 'bigint':
      return fitsInt64(value) ? { intValue: String(value) } : { stringValue: String(value) }
    case 'number':
      return integers && isInt64(value) ? { intValue: String(BigInt(value)) } : { doubleValue: value + 0 }
    default:
      return Array.isArray(value) ? anyArray(value) : {}
  }
}

function anyArray(array: readonly unknown[]): object {
  const integers = array.every(element => typeof element !== 'number' || isInt64(element))
  const values = array.map(element => anyValue(element, integers))
  return { arrayValue: values.length === 0 ? {} : { values } }
}

function isInt64(value: number): boolean {
  return Number.isInteger(value) && fitsInt64(BigInt(value))
}

function fitsInt64(value: bigint): boolean {
  return value >= -(2n ** 63n) && value < 2n ** 63n
}

/** Node's decoder turns each half of a pair into U+FFFD. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
