import type { AnyFunction, TraceFunctionOptions } from '../types/span.ts'
import { call, currentSource } from './current-source.ts'
import { FunctionSpans } from './function-spans.ts'
import { runInSpan } from './run-in-span.ts'
import { traceGenerator } from './trace-generator.ts'

/** `fn` with a span around each call; `key` is its name or, where it `isMethod` of a class, what that has it by. */
export function wrapFunction<F extends AnyFunction>(
  fn: F,
  options: TraceFunctionOptions,
  key: string | symbol,
  isMethod: boolean,
): F {
  const method = { key, isMethod, wrapper: undefined as unknown }
  const spans = new FunctionSpans(options, method)
  const wrapper = isConstructor(fn) ? constructible(fn, spans) : callable(fn, tracedOf(fn, spans))
  keepProperties(wrapper, fn)
  method.wrapper = wrapper
  return wrapper as F
}

function tracedOf(fn: AnyFunction, spans: FunctionSpans): AnyFunction {
  return isGeneratorFunction(fn) ? tracedGeneratorCall(fn, spans) : tracedCall(fn, spans)
}

/** Also one that is bound, of another realm or behind a proxy. */
function isGeneratorFunction(fn: AnyFunction): boolean {
  const { [Symbol.toStringTag]: tag } = fn as { readonly [Symbol.toStringTag]?: unknown }
  return tag === 'GeneratorFunction' || tag === 'AsyncGeneratorFunction'
}

/**
 * While off, a call costs nothing: of `args` nothing is left to allocate if all that happens to them is `Reflect.apply`, and
 * `call` is a variable of the same scope, since an imported one takes 2 ns to read.
 */
function callable(fn: AnyFunction, traced: AnyFunction): AnyFunction {
  const present = call
  // A method, since that is no constructor: `new` fails as it does for `fn`.
  const { wrapper } = {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(present.choose(fn, traced), this, args)
    },
  }
  return wrapper
}

/** The same for a function that can also be called with `new`. */
function constructible(fn: AnyFunction, spans: FunctionSpans): AnyFunction {
  const traced = tracedCall(fn, spans)
  const present = call
  const construct = function (this: AnyFunction, ...args: unknown[]): unknown {
    const target = this === wrapper ? fn : this
    if (!currentSource().creates) return Reflect.construct(fn, args, target)
    return runInSpan(spans.start(undefined), () => Reflect.construct(fn, args, target))
  }
  const wrapper: AnyFunction = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target !== undefined) return Reflect.apply(construct, new.target, args)
    return Reflect.apply(present.choose(fn, traced), this, args)
  }
  return wrapper
}

function tracedCall(fn: AnyFunction, spans: FunctionSpans): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    return runInSpan(spans.start(this), () => Reflect.apply(fn, this, args))
  }
}

function tracedGeneratorCall(fn: AnyFunction, spans: FunctionSpans): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    try {
      return traceGenerator(Reflect.apply(fn, this, args), () => spans.start(this))
    } catch (error) {
      // From the default of a parameter: there is no iteration, and the call is what has failed.
      return runInSpan(spans.start(this), () => {
        throw error
      })
    }
  }
}

/** Runs nothing of `fn`: the trap stands in for it. */
function isConstructor(fn: AnyFunction): boolean {
  const asked = new Proxy(fn, { construct: () => ({}) })
  try {
    Reflect.construct(asked, [])
    return true
  } catch {
    return false
  }
}

/** What belongs to a function written in sloppy mode alone; nobody can have set it. */
const OF_SLOPPY_FUNCTIONS: readonly PropertyKey[] = ['arguments', 'caller']

/** `name`, `length`, what the program has added, and what tells an async or a generator function: its prototype. */
function keepProperties(wrapper: AnyFunction, fn: AnyFunction): void {
  try {
    for (const key of Reflect.ownKeys(fn)) {
      if (OF_SLOPPY_FUNCTIONS.includes(key)) continue
      Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(fn, key)!)
    }
    const prototype = Object.getPrototypeOf(fn)
    if (prototype !== Function.prototype) Object.setPrototypeOf(wrapper, prototype)
  } catch {
    // A proxy that does not want to be looked at is wrapped without them.
  }
}
