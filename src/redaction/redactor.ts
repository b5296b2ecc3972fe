import type { RedactField, RedactOptions } from '../types/redact.ts'
import { isCallbackRunning, RedactCallback } from './callback.ts'

const DEFAULT_REPLACEMENT = '[redacted]'
/** Programs mostly have few keys, and short ones; the others are looked at anew each time. */
const MAX_REMEMBERED_KEYS = 1_000
const MAX_REMEMBERED_LENGTH = 128

/** What a key means for its value, and how the key itself is shown. */
interface Verdict {
  readonly hides: boolean
  readonly shown: string
}

/**
 * Replaces in texts what one set-up does not want to leave the process. It keeps copies of all patterns, so that no state of
 * theirs matters and nothing that the program does to its own shows here. Nothing throws.
 */
export class Redactor {
  readonly replacement: string
  /** Whether the callback of any redactor is running; undefined where this one has none. */
  readonly isCallbackRunning: (() => boolean) | undefined
  private readonly keys: ReadonlySet<string>
  private readonly keyPatterns: readonly RegExp[]
  private readonly valuePatterns: readonly RegExp[]
  private readonly callback: RedactCallback | undefined
  private readonly verdicts = new Map<string, Verdict>()

  constructor({ keys = [], values = [], replacement = DEFAULT_REPLACEMENT, with: callback }: RedactOptions) {
    this.replacement = replacement
    this.keys = new Set(keys.filter(key => typeof key === 'string').map(key => key.toLowerCase()))
    this.keyPatterns = keys.filter(key => typeof key !== 'string').map(key => copyOf(key, ''))
    this.valuePatterns = values.map(value => copyOf(value, 'g'))
    this.callback = callback === undefined ? undefined : new RedactCallback(callback)
    this.isCallbackRunning = callback === undefined ? undefined : isCallbackRunning
  }

  /** Whether the value of `key` is to be replaced whole. `path` is where the key stands in an object, with dots. */
  hides(key: string, path: string = key): boolean {
    return this.verdictOn(key).hides || (path !== key && this.verdictOn(path).hides)
  }

  /** `key` as it is shown: less what `values` match in it. */
  keyText(key: string): string {
    return this.verdictOn(key).shown
  }

  /** `text` less what `values` match in it. */
  mask(text: string): string {
    try {
      let masked = text
      for (const pattern of this.valuePatterns) masked = masked.replace(pattern, this.replaceMatch)
      return masked
    } catch {
      // A pattern that exhausts the stack, or replacements that make the text longer than a text can be.
      return this.replacement
    }
  }

  /** `value` itself, or text where its decimal text is not to be seen: a card number may be a number. */
  maskNumber<N extends number | bigint>(value: N): N | string {
    if (this.valuePatterns.length === 0) return value
    const text = String(value)
    const masked = this.mask(text)
    return masked === text ? value : masked
  }

  /** The text to use for `text`. An empty one has nothing to hide. */
  text(field: RedactField, text: string, key?: string): string {
    if (text === '') return text
    const masked = this.mask(text)
    return this.callback === undefined ? masked : (this.callback.ask(field, masked, key) ?? this.replacement)
  }

  /** Not a replacement text: in that `$&` would stand for the match. */
  private readonly replaceMatch = (match: string): string => (match === '' ? '' : this.replacement)

  private verdictOn(key: string): Verdict {
    const known = this.verdicts.get(key)
    if (known !== undefined) return known
    const verdict = { hides: this.matchesKey(key), shown: this.mask(key) }
    const isShort = key.length <= MAX_REMEMBERED_LENGTH
    if (isShort && this.verdicts.size < MAX_REMEMBERED_KEYS) this.verdicts.set(key, verdict)
    return verdict
  }

  private matchesKey(key: string): boolean {
    const lower = key.toLowerCase()
    if (this.keys.has(lower) || this.keys.has(lower.slice(lower.lastIndexOf('.') + 1))) return true
    try {
      return this.keyPatterns.some(pattern => pattern.test(key))
    } catch {
      // A pattern that exhausts the stack: the value may be one to hide.
      return true
    }
  }
}

/** Undefined where there is nothing to redact, so that it costs nothing. */
export function createRedactor(options: RedactOptions | undefined): Redactor | undefined {
  if (options === undefined) return undefined
  const { keys = [], values = [], with: callback } = options
  return keys.length === 0 && values.length === 0 && callback === undefined ? undefined : new Redactor(options)
}

/** Without `g` and `y`, which make a pattern remember where it was. */
function copyOf(pattern: RegExp, addedFlag: '' | 'g'): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '') + addedFlag)
}
