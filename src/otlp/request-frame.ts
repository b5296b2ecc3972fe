import type { Attributes } from '../types/span.ts'
import { attributesBound, encode, type TakenAttributes, takeAttributes, writeAttributes } from './attributes.ts'
import { INSTRUMENTATION_SCOPE, RESOURCE, RESOURCE_SPANS, SCOPE_SPANS } from './fields.ts'
import type { TakenFor } from './take-value.ts'

const RESOURCE_FIELD = (RESOURCE_SPANS.resource << 3) | 2
const RESOURCE_ATTRIBUTE = (RESOURCE.attributes << 3) | 2
const SCOPE_FIELD = (SCOPE_SPANS.scope << 3) | 2
const SCOPE_NAME = (INSTRUMENTATION_SCOPE.name << 3) | 2
const SCOPE_VERSION = (INSTRUMENTATION_SCOPE.version << 3) | 2

/** What all batches of one set-up share, encoded once. */
export interface RequestFrame {
  /** `ResourceSpans.resource`, the whole field. */
  readonly resource: Uint8Array
  /** `ScopeSpans.scope`, the whole field. */
  readonly scope: Uint8Array
}

/** How what a resource has is redacted, where anything is. */
export interface ResourceRedaction extends TakenFor {
  resource(taken: TakenAttributes): TakenAttributes
}

/** Attributes of a resource are exempt from limits (OTel spec, common/README "Attribute limits"). */
export function createRequestFrame(
  resource: Attributes,
  scope: { name: string; version: string },
  redaction?: ResourceRedaction,
): RequestFrame {
  return { resource: encodeResource(resource, redaction), scope: encodeScope(scope) }
}

function encodeResource(resource: Attributes, redaction: ResourceRedaction | undefined): Uint8Array {
  const taken = takeAttributes(resource, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, redaction)
  const { entries } = redaction === undefined ? taken : redaction.resource(taken)
  return encode(attributesBound(entries) + 16, out => {
    out.byte(RESOURCE_FIELD)
    const mark = out.open(2)
    writeAttributes(out, RESOURCE_ATTRIBUTE, entries)
    out.close(mark, 2)
  })
}

function encodeScope(scope: { name: string; version: string }): Uint8Array {
  return encode(scope.name.length * 3 + scope.version.length * 3 + 64, out => {
    out.byte(SCOPE_FIELD)
    const mark = out.open(1)
    out.byte(SCOPE_NAME)
    out.string(scope.name)
    out.byte(SCOPE_VERSION)
    out.string(scope.version)
    out.close(mark, 1)
  })
}
