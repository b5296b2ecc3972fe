import type { ViewAttributes, ViewValue } from '../types/exporter.ts'
import { droppedCount, LIMITS, type TruncatableString, truncatable } from './cloud-trace-limits.ts'
import { valueText } from './value-text.ts'

/** Exactly one of the three; there is no other type. 64-bit integers are decimal text. */
export type CloudTraceValue =
  | { readonly stringValue: TruncatableString }
  | { readonly intValue: string }
  | { readonly boolValue: boolean }

export interface CloudTraceAttributes {
  readonly attributeMap: Readonly<Record<string, CloudTraceValue>>
  readonly droppedAttributesCount?: number | undefined
}

/** Names under which Cloud Trace shows what the older conventions of OpenTelemetry say about HTTP. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['http.method', '/http/method'],
  ['http.url', '/http/url'],
  ['http.host', '/http/host'],
  ['http.scheme', '/http/client_protocol'],
  ['http.status_code', '/http/status_code'],
  ['http.user_agent', '/http/user_agent'],
  ['http.request_content_length', '/http/request/size'],
  ['http.response_content_length', '/http/response/size'],
  ['http.route', '/http/route'],
  ['http.path', '/http/path'],
])

/** Attributes as the REST API has them. Of several lists the first has the last word on a key, and the last is cut first. */
export function toCloudTraceAttributes(lists: readonly ViewAttributes[], droppedBefore: number): CloudTraceAttributes {
  // Without a prototype, so that `__proto__` is a key like any other.
  const attributeMap: Record<string, CloudTraceValue> = Object.create(null)
  let count = 0
  let dropped = droppedBefore
  for (const attributes of lists) {
    for (const name in attributes) {
      const key = LABELS.get(name) ?? name
      if (attributeMap[key] !== undefined) continue
      if (count === LIMITS.attributes || isTooLong(key)) dropped++
      else {
        attributeMap[key] = toCloudTraceValue(attributes[name]!)
        count++
      }
    }
  }
  return { attributeMap, droppedAttributesCount: droppedCount(dropped) }
}

/** Numbers that are no 64-bit integers, lists and all else become text. */
export function toCloudTraceValue(value: ViewValue): CloudTraceValue {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return { intValue: String(value) }
  return { stringValue: truncatable(valueText(value), LIMITS.valueBytes) }
}

function isTooLong(key: string): boolean {
  return key.length * 3 > LIMITS.keyBytes && Buffer.byteLength(key) > LIMITS.keyBytes
}
