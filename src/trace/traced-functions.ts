/** All forms of traced functions, and how to find who called, a part that is loaded for the first of them; load-traced-functions.ts loads it. */
import type { AnyFunction, TraceFunctionDecorator, TraceFunctionOptions } from '../types/span.ts'
import { describe } from '../wording.ts'
import { callerModule } from './caller-module.ts'
import { settledSource } from './current-source.ts'
import { methodDecorator } from './decorate-method.ts'
import { readFunctionOptions } from './trace-function-options.ts'
import { wrapFunction } from './wrap-function.ts'

export { belowDirectory, framesOf, platformPaths } from './stack-frames.ts'

/** What `traceFunction` gives; `callee` is that itself, whose caller is the module of the function. */
export function traced(callee: AnyFunction, given: readonly unknown[]): AnyFunction | TraceFunctionDecorator {
  if (typeof given[0] === 'function' && given.length === 1) return trace(callee, {}, given[0])
  if (typeof given[0] === 'function') throw new TypeError(`traceFunction ${ORDER}`)
  const options = readFunctionOptions(given[0])
  return given.length < 2 ? decorator(callee, options) : trace(callee, options, given[1])
}

function trace(callee: AnyFunction, options: TraceFunctionOptions, fn: unknown): AnyFunction {
  requireTraceable(fn)
  return isOff() ? fn : wrapFunction(fn, withModule(callee, options), nameOfFunction(fn), false)
}

/** A program may have put anything in the place of `name`. */
function nameOfFunction({ name }: { readonly name: unknown }): string {
  return typeof name === 'string' && name !== '' ? name : 'anonymous'
}

function decorator(callee: AnyFunction, options: TraceFunctionOptions): TraceFunctionDecorator {
  // Here and not where it decorates: this call stands in the file of the class, that one perhaps in a helper of the compiler.
  const complete = isOff() ? options : withModule(callee, options)
  return methodDecorator((method, key) => (isOff() ? method : wrapFunction(method, complete, key, true)))
}

function withModule(callee: AnyFunction, options: TraceFunctionOptions): TraceFunctionOptions {
  return { ...options, module: options.module ?? callerModule(callee) }
}

function isOff(): boolean {
  return settledSource()?.creates === false
}

const ORDER = 'takes its options before the function, and as a decorator it is called: @traceFunction()'

/**
 * A class is refused: on a wrapper its private static members fail and its static ones drift apart. What a compiler makes of
 * it for old targets is a function like any other.
 */
function requireTraceable(fn: unknown): asserts fn is AnyFunction {
  if (typeof fn !== 'function') throw new TypeError(`traceFunction ${ORDER}; as the function it got ${describe(fn)}`)
  if (!/^class\b/.test(Function.prototype.toString.call(fn))) return
  throw new TypeError(
    `traceFunction cannot wrap a class, here ${fn.name || 'an anonymous one'}: trace its methods instead`,
  )
}
