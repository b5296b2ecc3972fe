import type { LogLevel } from '../types/options.ts'

export type Log = (level: LogLevel, message: string) => void

/** Different reasons for refusal that are said; beyond them they are only counted. */
const MAX_REASONS = 8

/** Speaks for one exporter: the first failure, each new reason for a refusal, and the recovery; the rest is counted. */
export class ExporterVoice {
  lastError: string | undefined
  private readonly name: string
  private readonly log: Log
  private readonly onError: (message: string) => void
  private readonly said = new Set<string>()
  private failing = false

  constructor(name: string, log: Log, onError: (message: string) => void) {
    this.name = name
    this.log = log
    this.onError = onError
  }

  /** A request that will be tried again. */
  failed(message: string): void {
    this.remember(message)
    if (this.failing) this.log('debug', `${this.name}: ${message}`)
    else this.log('warn', `${this.name}: ${message}; spans are kept and tried again`)
    this.failing = true
  }

  /** Spans that are lost for a reason. */
  lost(count: number, message: string): void {
    this.remember(message)
    const level = this.said.has(message) || this.said.size >= MAX_REASONS ? 'debug' : 'warn'
    if (level === 'warn') this.said.add(message)
    this.log(level, `${this.name}: ${count} ${count === 1 ? 'span' : 'spans'} lost: ${message}`)
  }

  /** A backend that took everything and still has something to say. */
  remarked(message: string): void {
    this.log(this.said.has(message) || this.said.size >= MAX_REASONS ? 'debug' : 'warn', `${this.name}: ${message}`)
    if (this.said.size < MAX_REASONS) this.said.add(message)
  }

  succeeded(): void {
    if (!this.failing) return
    this.failing = false
    this.log('warn', `${this.name}: delivering again`)
  }

  private remember(message: string): void {
    if (message === this.lastError) return
    this.lastError = message
    this.onError(message)
  }
}
