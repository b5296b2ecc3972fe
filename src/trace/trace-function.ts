import type { AnyFunction, TraceFunctionDecorator, TraceFunctionOptions } from '../types/span.ts'
import { describe } from '../validate.ts'
import { callerModule } from './caller-module.ts'
import { settledSource } from './current-source.ts'
import { methodDecorator } from './decorate-method.ts'
import { readFunctionOptions } from './trace-function-options.ts'
import { wrapFunction } from './wrap-function.ts'

/**
 * Puts a span around every call of a function, with attributes `function.name` and `function.module`: `traceFunction(fn)`
 * and `traceFunction(options, fn)` give the traced function, `@traceFunction(options)` decorates a method, as a standard or
 * a legacy decorator. Text in the place of the options is the name.
 *
 * `this`, `name`, `length`, the type, the function's own properties and calling it with `new` are kept. The span ends when
 * the call returns or throws; of an async function, when its promise settles; of a generator and an async generator it
 * covers the iteration, from the first `next` to the end or to an early `return`, and is current whenever the body runs.
 *
 * While tracing is settled as off, the function itself is given, and a decorator leaves its method alone. Throws a TypeError
 * or RangeError for a wrong option, for what is no function, and for a class, whose methods are to be traced instead.
 */
export function traceFunction<F extends AnyFunction>(fn: F): F
export function traceFunction<F extends AnyFunction>(options: TraceFunctionOptions | string, fn: F): F
export function traceFunction(options?: TraceFunctionOptions | string): TraceFunctionDecorator
export function traceFunction(...given: readonly unknown[]): AnyFunction | TraceFunctionDecorator {
  if (typeof given[0] === 'function' && given.length === 1) return trace({}, given[0])
  if (typeof given[0] === 'function') throw new TypeError(`traceFunction ${ORDER}`)
  const options = readFunctionOptions(given[0])
  return given.length < 2 ? decorator(options) : trace(options, given[1])
}

function trace(options: TraceFunctionOptions, fn: unknown): AnyFunction {
  requireTraceable(fn)
  return isOff() ? fn : wrapFunction(fn, withModule(options), nameOfFunction(fn), false)
}

/** A program may have put anything in the place of `name`. */
function nameOfFunction({ name }: { readonly name: unknown }): string {
  return typeof name === 'string' && name !== '' ? name : 'anonymous'
}

function decorator(options: TraceFunctionOptions): TraceFunctionDecorator {
  // Here and not where it decorates: this call stands in the file of the class, that one perhaps in a helper of the compiler.
  const complete = isOff() ? options : withModule(options)
  return methodDecorator((method, key) => (isOff() ? method : wrapFunction(method, complete, key, true)))
}

function withModule(options: TraceFunctionOptions): TraceFunctionOptions {
  return { ...options, module: options.module ?? callerModule(traceFunction) }
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
