import {
  currentEnvironment,
  defaultPropagators,
  readEnvironmentCarrier,
  readProjectId,
  resolveOff,
} from './config/process.ts'
import { noteCopies } from './copies.ts'
import { loadExporter } from './load-exporter.ts'
import { MissingPart } from './load-part.ts'
import { loadRecording } from './load-recording.ts'
import { createLog } from './log.ts'
import { extractContext } from './propagation/context.ts'
import { withContextEnvironment } from './propagation/environment.ts'
import { sharedPart } from './shared-state.ts'
import { currentPropagators, outgoingContext, setDefaultPropagators } from './trace/carriers.ts'
import { renewProcessContext, setProcessContext } from './trace/context.ts'
import { currentSource, onFirstSpan, presentSource, setSource } from './trace/current-source.ts'
import { exceptionMessage } from './trace/exception.ts'
import { setProjectIdReader } from './trace/log-fields.ts'
import { sayOnce, setNoticeLog } from './trace/notices.ts'
import type { OpenSpans } from './trace/open-spans.ts'
import { offSource, PropagatingSource, type SpanSource } from './trace/span-source.ts'
import { SourceTracer } from './trace/tracer.ts'
import type { Config, OffConfig } from './types/config.ts'
import type { TracingOptions } from './types/options.ts'
import type { Tracer } from './types/span.ts'
import type { FlushResult, Stats, Tracing } from './types/tracing.ts'

/** What one call of `initTracing` made. */
interface SetUp {
  /** Undefined in a set-up of another copy of the package that keeps none. */
  readonly config?: Config | OffConfig
  readonly tracing: Tracing
  readonly source: SpanSource
  /** Undefined where nothing is recorded. */
  readonly openSpans: OpenSpans | undefined
  /** Another set-up has taken over. */
  retire(): void
}

interface TracingState {
  readonly tracer: Tracer
  current: SetUp | undefined
  /** Stands in for every set-up where it answers, which is in tests. */
  substitute: () => Tracing | undefined
}

const state = sharedPart<TracingState>('tracing', () => {
  setDefaultPropagators(defaultPropagators)
  setProcessContext(() => extractContext(readEnvironmentCarrier(), currentPropagators()))
  setProjectIdReader(readProjectId)
  onFirstSpan(() => void initialise())
  return { tracer: new SourceTracer(currentSource), current: undefined, substitute: () => undefined }
})
noteCopies()

/**
 * Sets tracing up from `options` and, where they are silent, from the environment. Called again, the new set-up takes over at
 * once, and the old one delivers what it has in the background.
 * Throws TypeError or RangeError on a wrong option, naming it, its value and what is accepted; nothing throws later.
 */
export function initTracing(options?: TracingOptions): Tracing {
  const config = resolveOff(options) ?? resolveRecording(options)
  const substitute = state.substitute()
  if (substitute !== undefined) return substitute
  // A logger may start spans, which must not set tracing up in their turn.
  if (presentSource() === undefined) setSource(offSource(config.propagators))
  announce(config)
  const next = setUp(config)
  state.current?.retire()
  state.current = next
  setSource(next.source)
  renewProcessContext()
  return next.tracing
}

/** The present set-up; made from the environment if there is none yet. */
export function getTracing(): Tracing {
  return state.substitute() ?? state.current?.tracing ?? initialise()
}

/** @internal Sets what stands in for every set-up; where it answers undefined, nothing does. */
export function substituteTracing(read: () => Tracing | undefined): void {
  state.substitute = read
}

/** @internal The open spans of the present set-up, undefined where it records none. */
export function presentOpenSpans(): OpenSpans | undefined {
  return state.current?.openSpans
}

/** One stable tracer that starts spans under whichever set-up is present at that moment. Initialises nothing by itself. */
export function getTracer(): Tracer {
  return state.tracer
}

/** @internal What the present set-up was decided to be, undefined where there is none. */
export function presentConfig(): Config | OffConfig | undefined {
  return state.current?.config
}

/**
 * A copy of `env` (default: this process's environment) with TRACEPARENT, TRACESTATE, BAGGAGE and REQUEST_ID of the current
 * context, so that a child process continues the trace.
 */
export function childEnv(env: NodeJS.ProcessEnv = currentEnvironment()): NodeJS.ProcessEnv {
  try {
    return withContextEnvironment(env, outgoingContext(), currentPropagators())
  } catch {
    // An environment that cannot be copied, or a context that the program put together by hand.
    return env
  }
}

/** From the environment. What cannot be done then leaves tracing off: the program asked for a span and no more. */
function initialise(): Tracing {
  try {
    return initTracing()
  } catch (error) {
    const tracing = initTracing({ enabled: false })
    sayOnce('initialisation', 'error', `tracing is off, since it could not be set up: ${exceptionMessage(error)}`)
    return tracing
  }
}

/**
 * A bundle without the part that records must not bring the program down; without one its options cannot be checked either. What
 * redacts is loaded before anything is announced: nothing may be recorded without it, and no dead letter kept.
 */
function resolveRecording(options: TracingOptions | undefined): Config | OffConfig {
  try {
    const { loadRedaction, resolveConfig } = loadRecording()
    const config = resolveConfig(options)
    if (config.enabled && config.redact !== undefined) loadRedaction()
    return config
  } catch (error) {
    if (!(error instanceof MissingPart)) throw error
    const hint = 'a bundler has to leave blueprint-tracing external'
    sayOnce('recording', 'error', `tracing is off, since a part of it cannot be loaded; ${hint}: ${error.message}`)
    return { ...resolveOff({ enabled: false })!, redact: asksToRedact(options) ? error : undefined }
  }
}

/** Options that cannot be read may ask for it. */
function asksToRedact(options: TracingOptions | undefined): boolean {
  try {
    return options?.redact !== undefined
  } catch {
    return true
  }
}

function announce(config: Config | OffConfig): void {
  const log = createLog(config)
  log(config.propagating ? 'info' : 'debug', config.summary)
  for (const notice of config.notices) log('warn', notice)
  setNoticeLog(log)
}

function setUp(config: Config | OffConfig): SetUp {
  if (config.enabled) {
    const { LiveTracing } = loadRecording()
    const live = new LiveTracing(config, loadExporter)
    return { config, tracing: live, source: live.source, openSpans: live.openSpans, retire: () => live.retire() }
  }
  const propagating = config.propagating ? new PropagatingSource(config.propagators) : undefined
  const source = propagating ?? offSource(config.propagators)
  const tracing = idleTracing(source, () => propagating?.started ?? 0)
  return { config, tracing, source, openSpans: undefined, retire: () => {} }
}

/** A set-up without exporters: nothing is recorded, so there is nothing to deliver. */
function idleTracing(source: SpanSource, started: () => number): Tracing {
  const nothing: FlushResult = { ok: true, pending: 0 }
  return {
    enabled: false,
    propagating: source.creates,
    exporters: [],
    tracer: new SourceTracer(() => source),
    stats: (): Stats => ({ started: started(), open: 0, unsampled: started(), ended: 0, exporters: {} }),
    flush: () => Promise.resolve({ ...nothing }),
    shutdown: () => Promise.resolve({ ...nothing }),
  }
}
