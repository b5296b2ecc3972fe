import type { SpanRecord } from '../otlp/encode-span.ts'
import { redactValue } from '../otlp/redact.ts'
import { DETACHED, decodeName, ENDED, encodeName, type Shape } from '../otlp/shape.ts'
import { type StoredValue, textBound } from '../otlp/values.ts'
import type { WordBytes } from '../otlp/word-bytes.ts'
import type { AttributeSlots } from './attribute-recorder.ts'
import type { DetailsRecord } from './span-details.ts'
import type { SpanRedaction } from './span-redaction.ts'

/** A span that has ended, in its own fields: redacting it changes them. */
export interface RedactableSpan extends SpanRecord, AttributeSlots {
  nameField: WordBytes
  shape: Shape
  values: StoredValue[]
  droppedAttributes: number
  readonly details: DetailsRecord | undefined
}

export function redactSpan(span: RedactableSpan, redaction: SpanRedaction): void {
  const { shape } = span
  // Whatever `redact.with` does to the span comes too late, as after its end.
  span.shape = ENDED
  redactName(span, redaction)
  span.details?.redact(redaction)
  redactSlots(span, shape, redaction)
}

function redactName(span: RedactableSpan, { redactor }: SpanRedaction): void {
  const name = decodeName(span.nameField)
  const shown = redactor.text('name', name)
  if (shown !== name) span.nameField = encodeName(shown)
}

function redactSlots(span: RedactableSpan, shape: Shape, redaction: SpanRedaction): void {
  const path = shape.keys()
  const keys = path.map(({ key }) => redaction.redactor.keyText(key))
  const values = path.map(({ key }, index) => redactValue(redaction, 'attribute', key, span.values[index]!))
  if (keys.every((key, index) => key === path[index]!.key)) fillSlots(span, shape, values)
  else renameSlots(span, keys, values)
}

/** Where two keys become one, the first is kept and the other counted. */
function renameSlots(span: RedactableSpan, keys: readonly string[], values: readonly StoredValue[]): void {
  let shape = DETACHED
  const kept: StoredValue[] = []
  for (const [index, key] of keys.entries()) {
    if (key === '' || shape.indexOf(key) >= 0) span.droppedAttributes++
    else {
      shape = shape.with(key)
      kept.push(values[index]!)
    }
  }
  fillSlots(span, shape, kept)
}

function fillSlots(span: RedactableSpan, shape: Shape, values: StoredValue[]): void {
  span.shape = shape
  span.values = values
  span.textBound = 0
  for (const value of values) span.textBound += textBound(value)
}
