import { workerEnvironment } from './config/process.ts'
import type { LoadExporter } from './load-exporter.ts'
import { createLog, stderrLevels } from './log.ts'
import { createRequestFrame } from './otlp/request-frame.ts'
import { type ExitParticipant, finishAtExit, forgetAtExit } from './pipeline/exit.ts'
import { ExportPipeline } from './pipeline/export-pipeline.ts'
import { lostSpans } from './pipeline/ledger.ts'
import { MAX_TIMER_MS } from './pipeline/timer.ts'
import type { Log } from './pipeline/voice.ts'
import { runInContext, scopeOf } from './trace/context.ts'
import { loadRedaction } from './trace/load-redaction.ts'
import type { OpenSpans } from './trace/open-spans.ts'
import { createRecorder, type Recorder } from './trace/recorder.ts'
import { RecordingSource } from './trace/recording-source.ts'
import { RecordingSpan } from './trace/recording-span.ts'
import { markError } from './trace/run-in-span.ts'
import { createSampler } from './trace/sampler.ts'
import type { SpanRedaction } from './trace/span-redaction.ts'
import { SourceTracer } from './trace/tracer.ts'
import type { Config } from './types/config.ts'
import type { Exporter } from './types/exporter.ts'
import { type SpanContext, SpanStatusCode, type Tracer } from './types/span.ts'
import type { ExporterStats, FlushResult, Stats, Tracing } from './types/tracing.ts'
import { VERSION } from './version.ts'

const SCOPE = { name: 'blueprint-tracing', version: VERSION }
/** How often a set-up that another has replaced looks whether its last span has ended. */
const RETIREMENT_CHECK_MS = 1_000

/** A set-up that records. */
export class LiveTracing implements Tracing, ExitParticipant {
  readonly enabled = true
  readonly propagating = true
  readonly exporters: readonly string[]
  readonly tracer: Tracer
  readonly source: RecordingSource
  readonly exitTimeoutMs: number
  readonly handleSignals: boolean
  private readonly recorder: Recorder
  private readonly pipeline: ExportPipeline
  private readonly log: Log
  private readonly flushTimeoutMs: number
  private readonly followsParent: boolean

  constructor(config: Config, loadExporter: LoadExporter) {
    this.log = createLog(config)
    const { redact, limits } = config
    const redaction = redact && loadRedaction().createRedaction(redact, limits.attributeValueLength)
    this.pipeline = startPipeline(config, loadExporter, this.log, redaction)
    this.exporters = this.pipeline.names
    this.recorder = createRecorder(createSampler(config.sampler), limits, this.pipeline.sink, redaction)
    this.source = new RecordingSource(this.recorder, config.propagators)
    this.tracer = new SourceTracer(() => this.source)
    this.exitTimeoutMs = config.exitTimeoutMs
    this.handleSignals = config.handleSignals
    this.flushTimeoutMs = config.delivery.exportTimeoutMs
    this.followsParent = config.sampler.kind.startsWith('parentbased_')
    finishAtExit(this)
  }

  get needsEventLoop(): boolean {
    return this.pipeline.needsEventLoop
  }

  get canBeAwaited(): boolean {
    return !this.pipeline.onCallersThread
  }

  stats(): Stats {
    const { started, unsampled, ended, open } = this.recorder
    return { started, open: open.count, unsampled, ended, exporters: this.pipeline.stats() }
  }

  flush(options?: { timeoutMs?: number }): Promise<FlushResult> {
    return this.pipeline.flush(timeoutOf(options, this.flushTimeoutMs))
  }

  async shutdown(options?: { timeoutMs?: number }): Promise<FlushResult> {
    const result = await this.pipeline.shutdown(timeoutOf(options, this.flushTimeoutMs))
    if (forgetAtExit(this)) this.sayLastWords()
    return result
  }

  /**
   * Another set-up has taken over: this one goes on until its last span has ended and been settled. Before that a shutdown
   * would hold the process for as long as the backend takes.
   */
  retire(): void {
    const timer = setInterval(() => {
      if (this.recorder.open.count > 0 || this.hasPending) return
      clearInterval(timer)
      void this.shutdown()
    }, RETIREMENT_CHECK_MS)
    timer.unref()
  }

  get openSpans(): OpenSpans {
    return this.recorder.open
  }

  closeOpenSpans(error: unknown): void {
    for (const span of this.recorder.open.list()) {
      if (!(span instanceof RecordingSpan)) continue
      if (error !== undefined) markError(span, error)
      span.setAttribute('span.unfinished', true)
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'process ended before the span did' })
      span.end()
    }
  }

  hasten(deadlineMs: number): void {
    this.pipeline.hasten(deadlineMs)
  }

  awaitSettled(deadlineMs: number): void {
    this.pipeline.awaitSettled(deadlineMs)
  }

  async leaveEventLoop(): Promise<void> {
    if (this.canBeAwaited) this.pipeline.giveUpObjects()
    else await this.shutdown({ timeoutMs: 0 })
  }

  conclude(): void {
    this.pipeline.conclude()
    this.sayLastWords()
  }

  private sayLastWords(): void {
    this.reportLosses()
    this.reportUnsampled()
  }

  private get hasPending(): boolean {
    return this.pipeline.pending > 0
  }

  private reportLosses(): void {
    const { ended, exporters } = this.stats()
    for (const [name, stats] of Object.entries(exporters)) {
      const lost = lostSpans(stats)
      if (lost > 0) this.log('warn', `${lost} of ${ended} spans did not arrive at ${name}: ${reasons(stats)}`)
    }
  }

  /** At info: where a pipeline samples a part of its traces, it is as it should be. */
  private reportUnsampled(): void {
    const { started, unsampledChildren } = this.recorder
    if (started === 0 || unsampledChildren < started || !this.followsParent) return
    this.log('info', `all ${started} spans were started below a parent that is not sampled, ${UNSAMPLED_HINT}`)
  }
}

const UNSAMPLED_HINT =
  'so none was recorded; have the parent sampled (the flags that end its traceparent), or set OTEL_TRACES_SAMPLER=always_on'

/** What is no number of milliseconds, or cannot be read, counts as absent. */
function timeoutOf(options: { timeoutMs?: number } | undefined, absentMs: number): number {
  try {
    const timeoutMs = options?.timeoutMs
    if (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs)) return absentMs
    return Math.min(Math.max(0, timeoutMs), MAX_TIMER_MS)
  } catch {
    return absentMs
  }
}

function reasons(stats: ExporterStats): string {
  const counts = Object.entries({ rejected: stats.rejected, ...stats.dropped }).filter(([, count]) => count > 0)
  const known = counts.map(([reason, count]) => `${reason} ${count}`).join(', ')
  return stats.lastError === undefined ? known : `${known}; the last error was: ${stats.lastError}`
}

function startPipeline(
  config: Config,
  loadExporter: LoadExporter,
  log: Log,
  redaction: SpanRedaction | undefined,
): ExportPipeline {
  const onMain = config.exportThread === 'main'
  const isCustom = config.exporters.map(exporter => exporter.kind === 'custom')
  if (onMain) log('info', `exporting on the main thread, as asked for; ${MAIN_THREAD_LIMIT}`)
  else if (isCustom.includes(true)) log('info', `a custom exporter runs on the main thread; ${CUSTOM_LIMIT}`)
  return new ExportPipeline({
    exporters: config.exporters,
    frame: createRequestFrame(config.resource, SCOPE, redaction),
    scope: SCOPE,
    delivery: config.delivery,
    log,
    createExporter: exporter => (exporter.kind === 'custom' ? unrecorded(exporter.exporter) : loadExporter(exporter)),
    // A thread that could only hand everything back would be a detour.
    worker: onMain || !isCustom.includes(false) ? undefined : workerOptions(config),
  })
}

const MAIN_THREAD_LIMIT = 'process.exit() and a throw cannot be waited for there'

const CUSTOM_LIMIT = 'if it answers with a promise, process.exit() and a throw cannot be waited for'

/** Spans that an exporter object starts would be exported in their turn; so they continue a trace that is not sampled. */
function unrecorded(exporter: Exporter): Exporter {
  const context = scopeOf({ spanContext: UNSAMPLED, baggage: new Map(), requestId: undefined })
  return {
    name: exporter.name,
    export: (batch, signal) => runInContext(context, () => exporter.export(batch, signal), undefined),
    close: () => runInContext(context, () => exporter.close?.(), undefined),
  }
}

const UNSAMPLED: SpanContext = { traceId: '1'.padStart(32, '0'), spanId: '1'.padStart(16, '0'), traceFlags: 0 }

function workerOptions(config: Config): {
  url: URL | undefined
  env: NodeJS.ProcessEnv
  stderrLevels: readonly string[] | undefined
} {
  return {
    url: workerUrl(),
    env: workerEnvironment(),
    stderrLevels: stderrLevels(config),
  }
}

/** Always the built file: a worker does not run TypeScript, whatever loader the program has. */
function workerUrl(): URL | undefined {
  try {
    return new URL(
      import.meta.url.endsWith('.ts') ? '../dist/export-worker.cjs' : './export-worker.cjs',
      import.meta.url,
    )
  } catch {
    // Bundlers may leave no URL, or one that nothing is relative to.
    return undefined
  }
}
