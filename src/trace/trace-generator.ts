import { runInContext } from './context.ts'
import { NOOP_SPAN, type NonRecordingSpan } from './non-recording-span.ts'
import type { RecordingSpan } from './recording-span.ts'
import { endWithError, isNativePromise } from './run-in-span.ts'

type AnySpan = RecordingSpan | NonRecordingSpan
/** `next`, `return` or `throw` of a generator, bound to it. */
type Resume = (value: unknown) => unknown

/**
 * Puts a span around the iteration of a generator or an async generator: from its first `next` to its end, however that
 * comes, and current whenever the body runs. The generator stays the object it is; methods of its own stand before those of
 * its prototype. One that never runs has no span, and what is no generator is returned untouched.
 */
export function traceGenerator(generator: unknown, start: () => AnySpan): unknown {
  try {
    const iteration = new Iteration(start)
    const { next, return: finish, throw: fail } = generator as Generator<unknown, unknown, unknown>
    Object.defineProperties(generator, {
      next: methodOf(iteration, 'next', next.bind(generator)),
      return: methodOf(iteration, 'return', finish.bind(generator) as Resume),
      throw: methodOf(iteration, 'throw', fail.bind(generator)),
    })
  } catch {
    // A proxy of a generator function may return anything.
  }
  return generator
}

/** Not enumerable, as on the prototype. */
function methodOf(iteration: Iteration, name: 'next' | 'return' | 'throw', resume: Resume): PropertyDescriptor {
  const method = {
    [name](value: unknown): unknown {
      return iteration.resume(resume, value, name === 'next')
    },
  }
  return { value: method[name], writable: true, configurable: true }
}

class Iteration {
  private readonly start: () => AnySpan
  private span: AnySpan = NOOP_SPAN
  private state: 'created' | 'suspended' | 'running' | 'over' = 'created'

  constructor(start: () => AnySpan) {
    this.start = start
  }

  /** `runsBody`: whether it would run the body of a generator that has not begun. */
  resume(resume: Resume, value: unknown, runsBody: boolean): unknown {
    if (this.state === 'created') this.begin(runsBody)
    // A body may resume itself: a generator throws an error for that and goes on, an async one puts it in its queue.
    if (this.state !== 'suspended') return this.observe(resume(value))
    this.state = 'running'
    let result: unknown
    try {
      result = runInContext(this.span, resume, value)
    } catch (error) {
      this.fail(error)
      throw error
    }
    return this.observe(result)
  }

  private begin(runsBody: boolean): void {
    if (runsBody) this.span = this.start()
    this.state = this.span === NOOP_SPAN ? 'over' : 'suspended'
  }

  private observe(result: unknown): unknown {
    if (this.state === 'over') return result
    if (isNativePromise(result)) return this.awaitStep(result)
    this.settle(result)
    return result
  }

  /** The returned promise settles as the given one does: a rejection that nobody handles stays unhandled. */
  private awaitStep(step: Promise<unknown>): Promise<unknown> {
    this.state = 'suspended'
    return step.then(
      result => {
        this.settle(result)
        return result
      },
      error => {
        this.fail(error)
        throw error
      },
    )
  }

  private settle(result: unknown): void {
    if (this.state === 'over') return
    this.state = isLast(result) ? 'over' : 'suspended'
    if (this.state === 'over') this.span.end()
  }

  private fail(error: unknown): void {
    if (this.state === 'over') return
    this.state = 'over'
    endWithError(this.span, error)
  }
}

/** What `yield*` hands through from an iterator of the program's own may throw when it is read; it is never the last. */
function isLast(result: unknown): boolean {
  try {
    return (result as IteratorResult<unknown>).done === true
  } catch {
    return false
  }
}
