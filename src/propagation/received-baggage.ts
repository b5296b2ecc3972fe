/** Gives back the object it is told of, so that a class below it puts its private fields on that one. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: it is what puts the fields of a class on an object of another one.
    return object
  }
}

/**
 * With baggage the text that it came in, for those who pass it on as it is. On the map itself, where no comparison, copy or
 * listing of it shows it; another copy of the package does without.
 */
class ReceivedBaggage extends Given {
  readonly #text: string
  readonly #size: number

  constructor(entries: ReadonlyMap<string, unknown>, text: string) {
    super(entries)
    this.#text = text
    this.#size = entries.size
  }

  static textOf(entries: ReadonlyMap<string, unknown>): string | undefined {
    return #text in entries && entries.#size === entries.size ? entries.#text : undefined
  }
}

/** Keeps the text of a map that is new. */
export function keepText(entries: ReadonlyMap<string, unknown>, text: string): void {
  new ReceivedBaggage(entries, text)
}

/** The text that was kept; undefined without one, or if entries were added or removed in spite of the type. */
export function keptTextOf(entries: ReadonlyMap<string, unknown>): string | undefined {
  return ReceivedBaggage.textOf(entries)
}
