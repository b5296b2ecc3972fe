import type { AnyFunction, TraceFunctionDecorator } from '../types/span.ts'
import { nameOf } from './qualified-name.ts'

/** What stands in the place of `method` from then on; `key` is what the class has it by. */
export type ReplaceMethod = (method: AnyFunction, key: string | symbol) => AnyFunction

/**
 * A decorator of methods in both forms, told apart by what it is called with: a standard one gets the method and a context
 * object, a legacy one the prototype (the class, if the method is static), a key and a descriptor. Throws a TypeError where
 * it is put on anything else.
 */
export function methodDecorator(replace: ReplaceMethod): TraceFunctionDecorator {
  const decorate = (target: unknown, keyOrContext: unknown, descriptor: unknown): unknown =>
    typeof keyOrContext === 'object' && keyOrContext !== null
      ? decorateStandard(replace, target, keyOrContext as DecoratorContext)
      : decorateLegacy(replace, keyOrContext as string | symbol | undefined, descriptor)
  return decorate as TraceFunctionDecorator
}

function decorateStandard(replace: ReplaceMethod, method: unknown, { kind, name }: DecoratorContext): AnyFunction {
  if (kind !== 'method' || typeof method !== 'function') throw wrongPlace(kind === 'class' ? undefined : name, kind)
  return replace(method as AnyFunction, name)
}

function decorateLegacy(replace: ReplaceMethod, key: string | symbol | undefined, descriptor: unknown): unknown {
  const { value: method } = (descriptor ?? {}) as PropertyDescriptor
  if (key === undefined || typeof method !== 'function') throw wrongPlace(key, key === undefined ? 'class' : 'property')
  const replaced = replace(method, key)
  return replaced === method ? descriptor : { ...(descriptor as PropertyDescriptor), value: replaced }
}

function wrongPlace(key: string | symbol | undefined, kind: string): TypeError {
  return new TypeError(`traceFunction decorates methods, not the ${kind}${key === undefined ? '' : ` ${nameOf(key)}`}`)
}
