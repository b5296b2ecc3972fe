import type { AsyncLocalStorage } from 'node:async_hooks'
import type { SamplingDecision } from '../propagation/sampling.ts'
import { sharedPart } from '../shared-state.ts'
import type { TraceContext } from '../types/context.ts'
import type { Span, SpanContext } from '../types/span.ts'
import type { Ambient } from './ambient.ts'
import { identityOf, type ParentIdentity, takeTraceContext } from './parent.ts'
import { decidedRoot } from './root.ts'

/** @internal What is current: a span, or a scope that `withTraceContext` opened. */
export interface ActiveContext {
  readonly currentSpan: Span | undefined
  readonly ambient: Ambient
  /** What a span started here has as its parent. */
  readonly identity: ParentIdentity | undefined
  /** Of a scope without a parent: what was decided about the traces that begin in it. */
  readonly decision?: SamplingDecision | undefined
  spanContext(): SpanContext | undefined
}

/** @internal The scope of a context that came from elsewhere. */
export function scopeOf(context: TraceContext): ActiveContext {
  const { spanContext, decision, ambient } = takeTraceContext(context)
  return decision === undefined ? new ContextScope(spanContext, ambient) : new DecidedScope(decision, ambient)
}

/** A context that came from elsewhere: its span is a parent, not a current span. */
class ContextScope implements ActiveContext {
  readonly currentSpan = undefined
  readonly ambient: Ambient
  private readonly remote: SpanContext | undefined
  private remoteIdentity: ParentIdentity | undefined = undefined

  constructor(spanContext: SpanContext | undefined, ambient: Ambient) {
    this.ambient = ambient
    this.remote = spanContext
  }

  /** Made for the first span: a context that is only passed on needs none. */
  get identity(): ParentIdentity | undefined {
    this.remoteIdentity ??= identityOf(this.remote)
    return this.remoteIdentity
  }

  spanContext(): SpanContext | undefined {
    return this.remote
  }
}

/** A context that came from elsewhere without a parent, but with a decision: each span started in it is the root of a trace. */
class DecidedScope implements ActiveContext {
  readonly currentSpan = undefined
  readonly ambient: Ambient
  readonly decision: SamplingDecision

  constructor(decision: SamplingDecision, ambient: Ambient) {
    this.decision = decision
    this.ambient = ambient
  }

  get identity(): ParentIdentity {
    return decidedRoot(this.decision)
  }

  spanContext(): undefined {}
}

/** @internal The same span with other surroundings. */
export class AmbientScope implements ActiveContext {
  readonly ambient: Ambient
  readonly currentSpan: Span | undefined
  private readonly outer: ActiveContext

  constructor(outer: ActiveContext, ambient: Ambient) {
    // One step from what it stands for, however many are within each other.
    this.outer = outer instanceof AmbientScope ? outer.outer : outer
    this.ambient = ambient
    this.currentSpan = outer.currentSpan
  }

  get identity(): ParentIdentity | undefined {
    return this.outer.identity
  }

  get decision(): SamplingDecision | undefined {
    return this.outer.decision
  }

  spanContext(): SpanContext | undefined {
    return this.outer.spanContext()
  }
}

interface ContextState {
  /** Created when first needed: every await costs 0.2 µs more once it is in use on Node 20. */
  storage: AsyncLocalStorage<ActiveContext> | undefined
  readProcessContext: () => TraceContext
  processScope: ActiveContext | undefined
  /** What goes with a bound function beside its context. */
  alsoBound: AsyncLocalStorage<unknown> | undefined
}

const state = sharedPart<ContextState>('context', () => ({
  storage: undefined,
  readProcessContext: () => ({ spanContext: undefined, baggage: new Map(), requestId: undefined }),
  processScope: undefined,
  alsoBound: undefined,
}))

/** @internal Sets where the context of the whole process comes from; it is asked when first needed. */
export function setProcessContext(read: () => TraceContext): void {
  state.readProcessContext = read
  state.processScope = undefined
}

/** @internal Reads the process's context again, since other propagators hold. The request id that it has got stays, unless another came in. */
export function renewProcessContext(): void {
  if (state.processScope === undefined) return
  const { requestId } = state.processScope.ambient
  state.processScope = scopeOf(state.readProcessContext())
  state.processScope.ambient.requestId ??= requestId
}

/** @internal The scope that everything runs in which has no other. */
export function processContext(): ActiveContext {
  state.processScope ??= scopeOf(state.readProcessContext())
  return state.processScope
}

/** @internal */
export function activeContext(): ActiveContext {
  return state.storage?.getStore() ?? processContext()
}

/** @internal */
export function runInContext<A, T>(context: ActiveContext, fn: (argument: A) => T, argument: A): T {
  state.storage ??= new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)()
  return state.storage.run(context, fn, argument)
}

/** Runs `fn` in an extracted context: spans started in it continue its trace, or start one if it is empty. */
export function withTraceContext<T>(context: TraceContext, fn: () => T): T {
  return runInContext(scopeOf(context), fn, undefined)
}

/** A function that runs in the context that is current now. */
export function bindTraceContext<F extends (...args: never[]) => unknown>(fn: F): F {
  const context = activeContext()
  const { alsoBound } = state
  const companion = alsoBound?.getStore()
  const bound = function (this: unknown, ...args: never[]): unknown {
    // Without a storage there is no other context than the process's.
    if (state.storage === undefined) return Reflect.apply(fn, this, args)
    const run = (): unknown => runInContext(context, () => Reflect.apply(fn, this, args), undefined)
    return alsoBound === undefined ? run() : alsoBound.run(companion, run)
  }
  return bound as unknown as F
}

/** @internal Has bound functions take along what `storage` holds, too. */
export function bindAlso(storage: AsyncLocalStorage<unknown>): void {
  state.alsoBound = storage
}
