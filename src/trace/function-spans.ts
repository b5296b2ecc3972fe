import type { SpanOptions, TraceFunctionOptions } from '../types/span.ts'
import { currentSource } from './current-source.ts'
import type { NonRecordingSpan } from './non-recording-span.ts'
import { qualifiedName, type TracedMethod } from './qualified-name.ts'
import type { RecordingSpan } from './recording-span.ts'

/** Starts the spans of one traced function. What they have in common is put together for the first of them. */
export class FunctionSpans {
  private readonly options: TraceFunctionOptions
  private readonly method: TracedMethod
  private name = ''
  private spanOptions: SpanOptions | undefined = undefined

  constructor(options: TraceFunctionOptions, method: TracedMethod) {
    this.options = options
    this.method = method
  }

  start(receiver: unknown): RecordingSpan | NonRecordingSpan {
    if (this.spanOptions === undefined) this.describe(receiver)
    return currentSource().start(this.name, this.spanOptions)
  }

  private describe(receiver: unknown): void {
    const { name, module, kind, attributes } = this.options
    this.name = name ?? qualifiedName(this.method, receiver)
    this.spanOptions = {
      kind,
      attributes: { 'function.name': this.name, 'function.module': module, ...attributes },
    }
  }
}
