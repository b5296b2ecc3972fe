import { keysOf, propertyOf } from '../otlp/properties.ts'
import { ENDED, type Shape } from '../otlp/shape.ts'
import { type TakenFor, takeValue } from '../otlp/take-value.ts'
import { type StoredValue, textBound } from '../otlp/values.ts'
import type { Attributes } from '../types/span.ts'

/** Where a span keeps its attributes: the keys are its shape, the values stand beside them. */
export interface AttributeSlots {
  shape: Shape
  values: StoredValue[]
  /** An upper bound of the text in `values`; overwriting only adds to it. */
  textBound: number
  droppedAttributes: number
  readonly limits: TakenFor & { readonly attributeCount: number; readonly attributeValueLength: number }
}

/** Shared by spans that have none; never written. */
export const NO_VALUES: StoredValue[] = []

/** Sets one attribute: one comparison and one store while the span follows the shape of those before it. */
export function recordAttribute(span: AttributeSlots, key: string, value: unknown): void {
  const { limits } = span
  const stored = takeValue(value, limits.attributeValueLength, limits, key)
  if (stored === undefined) return
  const { shape } = span
  const { predicted } = shape
  if (predicted.key === key && shape.depth < limits.attributeCount) addValue(span, predicted, stored)
  else recordUnpredicted(span, key, stored)
}

export function recordAttributes(span: AttributeSlots, attributes: Attributes | undefined): void {
  if (typeof attributes !== 'object' || attributes === null) return
  for (const key of keysOf(attributes)) recordAttribute(span, key, propertyOf(attributes, key))
}

function recordUnpredicted(span: AttributeSlots, key: string, value: StoredValue): void {
  const { shape } = span
  if (shape === ENDED || typeof key !== 'string' || key === '') return
  const index = shape.indexOf(key)
  if (index >= 0) {
    span.values[index] = value
    span.textBound += textBound(value)
  } else if (shape.depth < span.limits.attributeCount) addValue(span, shape.with(key), value)
  else span.droppedAttributes++
}

function addValue(span: AttributeSlots, shape: Shape, value: StoredValue): void {
  if (span.values === NO_VALUES) span.values = roomFor(span.shape.deepest)
  span.values[shape.depth - 1] = value
  span.textBound += textBound(value)
  span.shape = shape
}

/**
 * For as many attributes as spans of this name have had: to grow would be a second, larger allocation. Literals, since V8 allocates
 * them with the span; `undefined` makes them arrays of anything for it: of numbers, they would be converted at the first string.
 */
function roomFor(attributes: number): StoredValue[] {
  let room: unknown[]
  if (attributes === 0) room = [undefined, 0, 0, 0, 0, 0, 0, 0]
  else if (attributes <= 5) room = [undefined, 0, 0, 0, 0]
  else if (attributes <= 8) room = [undefined, 0, 0, 0, 0, 0, 0, 0]
  else room = [undefined, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  return room as StoredValue[]
}
