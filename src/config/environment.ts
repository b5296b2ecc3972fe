import { choiceOf, describe, integerRange, RATIO_RANGE } from '../wording.ts'

const TRUE_WORDS = ['1', 'true', 'yes', 'y', 'on']
const FALSE_WORDS = ['0', 'false', 'no', 'n', 'off']

/** A long list of unknown names must not flood the log. */
const MAX_REFUSED_NAMES = 10

/**
 * Reads environment variables and keeps one notice for each value that cannot be used. It never throws.
 * Surrounding blanks are dropped, and an empty value counts as unset.
 */
export class EnvironmentReader {
  readonly #variables: NodeJS.ProcessEnv
  readonly #notices = new Set<string>()

  constructor(variables: NodeJS.ProcessEnv) {
    this.#variables = variables
  }

  /** In the order in which the values were read; a value that is read twice is named once. */
  get notices(): readonly string[] {
    return [...this.#notices]
  }

  text(name: string): string | undefined {
    return this.#variables[name]?.trim() || undefined
  }

  /** The first of `names` that is set. */
  firstSet(names: readonly string[]): string | undefined {
    return names.find(name => this.text(name) !== undefined)
  }

  /** A switch that may be left out. */
  flag(name: string): boolean | undefined {
    const word = this.text(name)?.toLowerCase()
    if (word === undefined) return undefined
    if (TRUE_WORDS.includes(word)) return true
    if (FALSE_WORDS.includes(word)) return false
    this.refuse(name, choiceOf([...TRUE_WORDS, ...FALSE_WORDS]), 'ignoring it')
    return undefined
  }

  /** `unit` is told with what is accepted. */
  integer(name: string, min: number, max: number, fallback: number, unit = ''): number {
    const value = this.text(name)
    if (value === undefined) return fallback
    if (/^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    this.refuse(name, `${integerRange(min, max)}${unit && ` ${unit}`}`, `using ${fallback}`)
    return fallback
  }

  ratio(name: string, fallback: number): number {
    const value = this.text(name)
    if (value === undefined) return fallback
    if (/^(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(value) && Number(value) <= 1) return Number(value)
    this.refuse(name, RATIO_RANGE, `using ${fallback}`)
    return fallback
  }

  /** Compares without regard to case. */
  oneOf<T extends string, F extends T | undefined>(name: string, accepted: readonly T[], fallback: F): T | F {
    const word = this.text(name)?.toLowerCase()
    if (word === undefined) return fallback
    const found = accepted.find(choice => choice === word)
    if (found === undefined) {
      this.refuse(name, choiceOf(accepted), fallback === undefined ? 'ignoring it' : `using ${fallback}`)
    }
    return found ?? fallback
  }

  /**
   * The accepted names of a comma list, in lower case, each once; an empty list for `none`. Every other name yields a
   * notice, and so does `none` beside others. Undefined where the variable is unset or nothing of it can be used.
   */
  names<T extends string>(name: string, accepted: readonly T[]): readonly T[] | undefined {
    const isAccepted = (word: string): word is T => (accepted as readonly string[]).includes(word)
    const words = new Set(
      (this.text(name) ?? '')
        .toLowerCase()
        .split(',')
        .map(word => word.trim()),
    )
    words.delete('')
    if (words.size === 1 && words.has('none')) return []
    const usable = [...words].filter(isAccepted)
    const refused = [...words].filter(word => !isAccepted(word))
    for (const word of refused.slice(0, MAX_REFUSED_NAMES)) {
      this.refuse(name, `none or a comma list of ${accepted.join(', ')}`, 'leaving it out', describe(word))
    }
    return usable.length > 0 ? usable : undefined
  }

  /** Keeps the notice that the value of `name` cannot be used. `shown` stands for a value that is secret or a part. */
  refuse(name: string, expected: string, outcome: string, shown: string = describe(this.text(name))): void {
    this.note(`${name} must be ${expected}, got ${shown}; ${outcome}`)
  }

  note(sentence: string): void {
    this.#notices.add(sentence)
  }
}

/** Undefined where a percent sequence is malformed. */
export function percentDecode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
