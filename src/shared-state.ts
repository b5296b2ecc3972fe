import { VERSION } from './version.ts'

/** Two packages that depend on this one may each bring a copy: all of them work on the state that the first one made. */
const NAME_PREFIX = 'blueprint-tracing/'
/**
 * Ends in a version, to be raised by every change to what copies of the package share: the parts of the state, and the shapes of what they hold
 * and hand to each other (SpanSource, ActiveContext, ParentIdentity, ExitParticipant). Copies with another one do without us.
 */
export const STATE_NAME = 'blueprint-tracing/2'

/** One copy of the package that has been loaded into this process. */
export interface PackageCopy {
  readonly version: string
  /** URL of a file of it; undefined where a bundler has left none. */
  readonly url: string | undefined
}

interface SharedState {
  readonly copies: PackageCopy[]
  readonly parts: Map<string, object>
}

const KEY = Symbol.for(STATE_NAME)
const shared: SharedState = (globalThis as { [KEY]?: SharedState })[KEY] ?? createState()
shared.copies.push({
  version: VERSION,
  // Making import.meta is a twentieth of the import.
  get url() {
    return import.meta.url
  },
})

function createState(): SharedState {
  const state: SharedState = { copies: [], parts: new Map() }
  // False where the program has frozen its globals: each copy then has a state of its own.
  Reflect.defineProperty(globalThis, KEY, { value: state })
  return state
}

/** Every copy that shares this state, in the order in which they were loaded. */
export const copies: readonly PackageCopy[] = shared.copies

/** The copies that work on a state of another version. */
export function strangeCopies(): readonly PackageCopy[] {
  const keys = Object.getOwnPropertySymbols(globalThis).filter(
    key => key !== KEY && Symbol.keyFor(key)?.startsWith(NAME_PREFIX),
  )
  return keys.flatMap(key => (globalThis as { [key: symbol]: Partial<SharedState> })[key]?.copies ?? [])
}

/**
 * The part of the state that goes by `name`, made by the first copy that asks for it. Modules ask once, when they are loaded:
 * the object stays the same, so that reading it is all that a use of the state costs.
 */
export function sharedPart<T extends object>(name: string, create: () => T): T {
  const known = shared.parts.get(name)
  if (known !== undefined) return known as T
  const part = create()
  shared.parts.set(name, part)
  return part
}
