import type { AnyFunction, TraceFunctionDecorator, TraceFunctionOptions } from '../types/span.ts'
import { exceptionMessage } from './exception.ts'
import { loadTracedFunctions } from './load-traced-functions.ts'
import { sayOnce } from './notices.ts'

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
  return loadable()?.traced(traceFunction, given) ?? untraced(given)
}

function loadable(): ReturnType<typeof loadTracedFunctions> | undefined {
  try {
    return loadTracedFunctions()
  } catch (error) {
    const reason = exceptionMessage(error)
    sayOnce('traced functions', 'error', `functions are not traced, since a part of it cannot be loaded: ${reason}`)
    return undefined
  }
}

/** A decorator that gives nothing leaves its method alone. */
function untraced(given: readonly unknown[]): AnyFunction {
  return (given.find(value => typeof value === 'function') ?? (() => {})) as AnyFunction
}
