import type { TraceFunctionOptions } from '../types/span.ts'
import { call, currentSource, settledSource } from './current-source.ts'
import { runInSpan } from './run-in-span.ts'

type AnyFunction = (this: never, ...args: never[]) => unknown

/**
 * A function that runs `fn` in a span of its own, with attributes `function.name` and `function.module`. It keeps `this`,
 * `name`, `length` and the type. While tracing is settled as off, it is `fn` itself.
 */
export function traceFunction<F extends AnyFunction>(fn: F): F
export function traceFunction<F extends AnyFunction>(options: TraceFunctionOptions | string, fn: F): F
export function traceFunction<F extends AnyFunction>(...given: [F] | [TraceFunctionOptions | string, F]): F {
  const [options, fn] = given.length === 1 ? [{}, given[0]] : given
  return settledSource()?.creates === false ? fn : wrap(typeof options === 'string' ? { name: options } : options, fn)
}

function wrap<F extends AnyFunction>(options: TraceFunctionOptions, fn: F): F {
  const name = options.name ?? (fn.name || 'anonymous')
  const module = options.module ?? callerModule()
  const attributes = { 'function.name': name, 'function.module': module, ...options.attributes }
  const spanOptions = { kind: options.kind, attributes }
  const traced = function (this: never, ...args: never[]): unknown {
    return runInSpan(currentSource().start(name, spanOptions), () => fn.apply(this, args))
  }
  // A variable of this scope, since an imported one takes 2 ns to read.
  const present = call
  // Of `args` nothing is left to allocate if all that happens to them is `apply`: while off, a call costs 1 ns and not 12.
  const wrapper = function (this: never, ...args: never[]): unknown {
    return present.choose<(this: never, ...args: never[]) => unknown>(fn, traced).apply(this, args)
  }
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true })
  return wrapper as unknown as F
}

/** The file that called `traceFunction`, relative to the working directory; undefined where the stack does not tell. */
function callerModule(): string | undefined {
  try {
    return callerPath()
  } catch {
    // The program's own Error.prepareStackTrace, or a working directory that is gone.
    return undefined
  }
}

function callerPath(): string | undefined {
  const frames = (new Error().stack ?? '').split('\n').slice(1)
  const own = /[\\/](?:trace-function\.ts|blueprint-tracing[\\/]dist[\\/])/
  const path = frames.find(frame => !own.test(frame) && !frame.includes(import.meta.url))?.match(FRAME_LOCATION)?.[1]
  if (path === undefined) return undefined
  const directory = `${process.cwd()}/`
  return path.startsWith(directory) ? path.slice(directory.length) : path
}

/** `at name (file:///path/to/file.js:1:2)`, with or without the name and the scheme. */
const FRAME_LOCATION = /\(?(?:file:\/\/)?([^()\s]+):\d+:\d+\)?$/
