import type { Redactor } from '../redaction/redactor.ts'
import type { RedactField } from '../types/redact.ts'
import type { TakenAttributes } from './attributes.ts'
import { truncate } from './truncate.ts'
import type { StoredElement, StoredValue } from './values.ts'

/** How one set-up redacts what it has taken whole. */
export interface Redaction {
  readonly redactor: Redactor
  /** To which a text is cut once the redactor has seen it: half a secret matches no pattern. */
  readonly maxLength: number
}

export function redactText({ redactor, maxLength }: Redaction, field: RedactField, text: string, key?: string): string {
  return truncate(redactor.text(field, text, key), maxLength)
}

export function redactValue(redaction: Redaction, field: RedactField, key: string, value: StoredValue): StoredValue {
  const { redactor, maxLength } = redaction
  if (redactor.hides(key)) return truncate(redactor.replacement, maxLength)
  if (typeof value !== 'object') return redactElement(redaction, field, key, value)
  return value.map(element => (element === null ? null : redactElement(redaction, field, key, element)))
}

/** Where two keys become one, the first is kept and the other counted. */
export function redactAttributes(redaction: Redaction, field: RedactField, taken: TakenAttributes): TakenAttributes {
  const entries = new Map<string, StoredValue>()
  let { dropped } = taken
  for (const [key, value] of taken.entries) {
    const shown = redaction.redactor.keyText(key)
    if (shown === '' || entries.has(shown)) dropped++
    else entries.set(shown, redactValue(redaction, field, key, value))
  }
  return { entries, dropped }
}

function redactElement(
  redaction: Redaction,
  field: RedactField,
  key: string,
  element: NonNullable<StoredElement>,
): NonNullable<StoredElement> {
  if (typeof element === 'string') return redactText(redaction, field, element, key)
  if (typeof element === 'boolean') return element
  const shown = redaction.redactor.maskNumber(element)
  return typeof shown === 'string' ? truncate(shown, redaction.maxLength) : shown
}
