import type { AsyncLocalStorage } from 'node:async_hooks'
import { sharedPart } from '../shared-state.ts'
import { defaultPropagators } from '../trace/carriers.ts'
import { bindAlso } from '../trace/context.ts'
import { presentSource, setFrontSource, setUpSource } from '../trace/current-source.ts'
import type { NonRecordingSpan } from '../trace/non-recording-span.ts'
import type { RecordingSpan } from '../trace/recording-span.ts'
import type { SpanSource } from '../trace/span-source.ts'
import { substituteTracing } from '../tracing.ts'
import type { PropagatorName } from '../types/options.ts'
import type { Span, SpanOptions } from '../types/span.ts'
import { TestRecording } from './test-recording.ts'

export interface TestScopes {
  readonly storage: AsyncLocalStorage<TestRecording>
  /** Recordings that may have open spans. */
  readonly begun: Set<TestRecording>
  /** Where spans were started: an error each, whose stack is only put into words when somebody reads it. */
  readonly starts: WeakMap<object, Error>
}

/** From the first call on, spans of a test go to its recording, and all others where they went before. */
export function testScopes(): TestScopes {
  return sharedPart('testing', install)
}

function install(): TestScopes {
  const storage = new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)<TestRecording>()
  const scopes: TestScopes = { storage, begun: new Set(), starts: new WeakMap() }
  setFrontSource(new TestSource(scopes))
  substituteTracing(() => storage.getStore()?.tracing)
  bindAlso(storage)
  return scopes
}

/** A recording for one test. */
export function createRecording({ begun, starts }: TestScopes): TestRecording {
  return new TestRecording((recording, span) => {
    begun.add(recording)
    noteStart(starts, span)
  })
}

function noteStart(starts: TestScopes['starts'], span: Span): void {
  if (span.isRecording()) starts.set(span, new Error())
}

/**
 * Stands before the source of every set-up and looks which test it is in. It stays when the tests are over: what one of them
 * has left running must not start to trace into the program's set-up.
 */
class TestSource implements SpanSource {
  private readonly scopes: TestScopes

  constructor(scopes: TestScopes) {
    this.scopes = scopes
  }

  get propagators(): readonly PropagatorName[] {
    return (this.recording ?? presentSource())?.propagators ?? defaultPropagators()
  }

  /** Where nothing has been set up yet, it is `start` that finds out. */
  get creates(): boolean {
    return this.recording !== undefined || presentSource()?.creates !== false
  }

  start(name: string, options: SpanOptions | undefined): RecordingSpan | NonRecordingSpan {
    if (this.recording !== undefined) return this.recording.start(name, options)
    const span = setUpSource().start(name, options)
    noteStart(this.scopes.starts, span)
    return span
  }

  private get recording(): TestRecording | undefined {
    return this.scopes.storage.getStore()
  }
}
