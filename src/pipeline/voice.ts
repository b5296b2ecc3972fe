import type { LogLevel } from '../types/options.ts'

export type Log = (level: LogLevel, message: string) => void

/** Different messages that are said; what comes beyond them is only counted. */
const MAX_SAID = 8

/**
 * Speaks for one exporter: each reason for trouble once, and that it is over if the reason has been said. A backend that
 * fails now and then is not worth a line each time.
 */
export class ExporterVoice {
  lastError: string | undefined
  private readonly name: string
  private readonly log: Log
  private readonly onError: (message: string) => void
  private readonly said = new Set<string>()
  /** Readers have been told of a trouble that has not ended yet. */
  private owesRecovery = false

  constructor(name: string, log: Log, onError: (message: string) => void) {
    this.name = name
    this.log = log
    this.onError = onError
  }

  /** A request that will be tried again. */
  failed(message: string): void {
    this.remember(message)
    // A message that ends in a question ends a sentence.
    const line = message.endsWith('?') ? `${message} Spans` : `${message}; spans`
    if (this.sayOnce(message, `${line} are kept and tried again`, this.owesRecovery)) this.owesRecovery = true
  }

  /** Spans that are lost for a reason, '' if it is not known. */
  lost(count: number, message: string): void {
    const reason = message || 'no reason given'
    this.remember(reason)
    this.sayOnce(`lost: ${reason}`, `${spans(count)} lost: ${reason}`)
  }

  /** Spans that made room for other exporters'. The backend's trouble stays the last error. */
  evicted(count: number): void {
    this.sayOnce('evicted', `${spans(count)} lost: its queue held up the other exporters`)
  }

  /** A backend that took everything and still has something to say. */
  remarked(message: string): void {
    this.sayOnce(message, message)
  }

  succeeded(): void {
    if (this.owesRecovery) this.log('warn', `${this.name}: delivering again`)
    this.owesRecovery = false
  }

  /** Warns if `subject` is new and not `hushed`; else the line is for those who debug. Answers whether it has warned. */
  private sayOnce(subject: string, line: string, hushed = false): boolean {
    const warns = !hushed && this.said.size < MAX_SAID && !this.said.has(subject)
    if (warns) this.said.add(subject)
    this.log(warns ? 'warn' : 'debug', `${this.name}: ${line}`)
    return warns
  }

  private remember(message: string): void {
    if (message === this.lastError) return
    this.lastError = message
    this.onError(message)
  }
}

function spans(count: number): string {
  return `${count} ${count === 1 ? 'span' : 'spans'}`
}
