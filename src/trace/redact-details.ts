import type { LinkedSpan, TimedEvent } from '../otlp/event.ts'
import { type Redaction, redactAttributes, redactText } from '../otlp/redact.ts'
import { truncate } from '../otlp/truncate.ts'
import { MAX_EXCEPTION_LENGTH } from './exception.ts'

/** The name is what makes an event an exception (semantic conventions, exceptions on spans), and no text of anybody's. */
const EXCEPTION = 'exception'

export function redactEvent(redaction: Redaction, event: TimedEvent): TimedEvent {
  if (event.name !== EXCEPTION) {
    const name = redaction.redactor.text('event', event.name)
    return { ...event, name, attributes: redactAttributes(redaction, 'event', event.attributes) }
  }
  const { redactor, maxLength } = redaction
  const limited = { redactor, maxLength: Math.min(maxLength, MAX_EXCEPTION_LENGTH) }
  return { ...event, attributes: redactAttributes(limited, 'exception', event.attributes) }
}

/** Its trace state is not the program's text but other tracers', and stays as it is. */
export function redactLink(redaction: Redaction, link: LinkedSpan): LinkedSpan {
  return { ...link, ...redactAttributes(redaction, 'link', link) }
}

/** An error's message of this length has been cut, maybe through what a pattern would have matched. */
export function redactStatus(redaction: Redaction, message: string): string {
  const { redactor, maxLength } = redaction
  if (message.length >= MAX_EXCEPTION_LENGTH - 1) return truncate(redactor.replacement, maxLength)
  return redactText(redaction, 'status', message)
}
