import type { TakenAttributes } from '../otlp/attributes.ts'
import type { LinkedSpan, TimedEvent } from '../otlp/event.ts'
import { type Redaction, redactAttributes, redactText } from '../otlp/redact.ts'
import type { ResourceRedaction } from '../otlp/request-frame.ts'
import { truncate } from '../otlp/truncate.ts'
import { createRedactor, type Redactor } from '../redaction/redactor.ts'
import type { RedactOptions } from '../types/redact.ts'
import { MAX_EXCEPTION_LENGTH } from './exception.ts'
import { type SpanSink, writeSpan } from './recorder.ts'
import { type RedactableSpan, redactSpan } from './redact-span.ts'

/** The name is what makes an event an exception (semantic conventions, exceptions on spans), and no text of anybody's. */
const EXCEPTION = 'exception'

/** Undefined where there is nothing to redact, so that it costs nothing. */
export function createRedaction(options: RedactOptions, maxLength: number): SpanRedaction | undefined {
  const redactor = createRedactor(options)
  return redactor && new SpanRedaction(redactor, maxLength)
}

/** How one set-up redacts its resource and its spans: in methods, since what records takes nothing else of this part. */
export class SpanRedaction implements Redaction, ResourceRedaction {
  readonly redactor: Redactor
  readonly maxLength: number

  constructor(redactor: Redactor, maxLength: number) {
    this.redactor = redactor
    this.maxLength = maxLength
  }

  /** Uncut, as its attributes are exempt from limits. */
  resource(taken: TakenAttributes): TakenAttributes {
    return redactAttributes({ redactor: this.redactor, maxLength: Number.POSITIVE_INFINITY }, 'attribute', taken)
  }

  event(event: TimedEvent): TimedEvent {
    if (event.name !== EXCEPTION) {
      const name = this.redactor.text('event', event.name)
      return { ...event, name, attributes: redactAttributes(this, 'event', event.attributes) }
    }
    const limited = { redactor: this.redactor, maxLength: Math.min(this.maxLength, MAX_EXCEPTION_LENGTH) }
    return { ...event, attributes: redactAttributes(limited, 'exception', event.attributes) }
  }

  /** Its trace state is not the program's text but other tracers', and stays as it is. */
  link(link: LinkedSpan): LinkedSpan {
    return { ...link, ...redactAttributes(this, 'link', link) }
  }

  /** An error's message of this length has been cut, maybe through what a pattern would have matched. */
  status(message: string): string {
    if (message.length >= MAX_EXCEPTION_LENGTH - 1) return truncate(this.redactor.replacement, this.maxLength)
    return redactText(this, 'status', message)
  }

  /** Redacts an ended span and encodes it into the sink. If it cannot be redacted, it is dropped and counted. */
  write(sink: SpanSink, span: RedactableSpan, endLow: number, endHigh: number): void {
    try {
      redactSpan(span, this)
    } catch {
      // The end of the stack, or memory that is not to be had.
      sink.refuse()
      return
    }
    writeSpan(sink, span, endLow, endHigh)
  }
}
