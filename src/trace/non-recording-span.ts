import { sharedPart } from '../shared-state.ts'
import type { Attributes, Link, Span, SpanContext, SpanStatus, TimeInput } from '../types/span.ts'
import { type Ambient, emptyAmbient } from './ambient.ts'
import type { ActiveContext } from './context.ts'
import { contextOf, type ParentIdentity, recogniseSpans } from './parent.ts'

/** A span that is not recorded and still propagates its context. Its methods do nothing. */
export class NonRecordingSpan implements Span, ActiveContext {
  readonly ambient: Ambient
  readonly identity: ParentIdentity | undefined
  private context: SpanContext | undefined = undefined

  constructor(identity: ParentIdentity | undefined, ambient: Ambient) {
    this.identity = identity
    this.ambient = ambient
  }

  get currentSpan(): Span {
    return this
  }

  spanContext(): SpanContext {
    this.context ??= this.identity === undefined ? INVALID_CONTEXT : contextOf(this.identity)
    return this.context
  }

  isRecording(): boolean {
    return false
  }

  setAttribute(_key: string, _value: unknown): this {
    return this
  }

  setAttributes(_attributes: Attributes): this {
    return this
  }

  addEvent(_name: string, _attributesOrTime?: Attributes | TimeInput, _time?: TimeInput): this {
    return this
  }

  addLink(_link: Link): this {
    return this
  }

  addLinks(_links: readonly Link[]): this {
    return this
  }

  setStatus(_status: SpanStatus): this {
    return this
  }

  updateName(_name: string): this {
    return this
  }

  end(_endTime?: TimeInput): void {}

  recordException(_exception: unknown, _time?: TimeInput): void {}

  [Symbol.dispose](): void {}
}

recogniseSpans(NonRecordingSpan.prototype)

const INVALID_CONTEXT: SpanContext = Object.freeze({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 })

/** The one span there is while tracing is off: its context is not valid, so nothing continues it. */
export const NOOP_SPAN: NonRecordingSpan = sharedPart(
  'noop span',
  () => new NonRecordingSpan(undefined, emptyAmbient()),
)
