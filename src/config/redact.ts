import type { RedactOptions } from '../types/redact.ts'
import { optionsOf, wrongValue } from '../validate.ts'
import { typeName } from '../wording.ts'

const NAMES = ['keys', 'values', 'replacement', 'with'] as const
const KEY = 'a non-empty string or a regular expression'

/** Checks the `redact` option. Nothing that is given in the wrong place is shown: it may be what was to be kept secret. */
export function redactOption(value: unknown): RedactOptions {
  const given = optionsOf('redact', value, NAMES)
  return Object.freeze({
    keys: keysOption(given.keys),
    values: listOption('redact.values', given.values, 'a regular expression', isRegExp),
    replacement: replacementOption(given.replacement),
    with: callbackOption(given.with),
  })
}

function keysOption(value: unknown): RedactOptions['keys'] {
  const keys = listOption('redact.keys', value, KEY, isKey)
  if (keys?.includes('')) throw wrongValue(`redact.keys[${keys.indexOf('')}]`, KEY, '')
  return keys
}

/** A copy, so that the program may go on using its own. */
function listOption<T>(
  path: string,
  value: unknown,
  expected: string,
  isElement: (element: unknown) => element is T,
): readonly T[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw refusal(path, `a list, each element ${expected}`, value)
  const elements: unknown[] = [...value]
  return Object.freeze(
    elements.map((element, index) => {
      if (isElement(element)) return element
      throw refusal(`${path}[${index}]`, expected, element)
    }),
  )
}

function isKey(element: unknown): element is string | RegExp {
  return typeof element === 'string' || isRegExp(element)
}

/** Also one of another realm, as test runners have them. */
function isRegExp(element: unknown): element is RegExp {
  return process.getBuiltinModule('node:util').types.isRegExp(element)
}

function replacementOption(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw refusal('redact.replacement', 'a string', value)
}

/** A promise comes too late: the span is encoded when `end()` returns. */
function callbackOption(value: unknown): RedactOptions['with'] {
  if (value === undefined) return undefined
  const { isAsyncFunction } = process.getBuiltinModule('node:util').types
  if (typeof value === 'function' && !isAsyncFunction(value)) return value as RedactOptions['with']
  const got = typeof value === 'function' ? 'an async function' : typeName(value)
  throw new TypeError(`redact.with must be a function that returns its text at once, got ${got}`)
}

function refusal(path: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${path} must be ${expected}, got ${typeName(value)}`)
}
