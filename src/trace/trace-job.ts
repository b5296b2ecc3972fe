import type { JobOptions, Span } from '../types/span.ts'
import { startSpan } from './current-source.ts'
import { NOOP_SPAN } from './non-recording-span.ts'
import { ensureRequestId } from './request-id.ts'
import { runInSpan } from './run-in-span.ts'
import { textOf } from './text-of.ts'

const JOB_SUFFIX = '-job'

/**
 * Runs one step of a pipeline in a span `job:<jobName>` with `job.name`, `pipeline.step` (the name without a trailing
 * `-job`), `request.id`, `scene.id` if given, and the caller's attributes.
 */
export function traceJob<T>(jobName: string, fn: (span: Span) => T): T
export function traceJob<T>(jobName: string, options: JobOptions, fn: (span: Span) => T): T
export function traceJob<T>(jobName: string, ...rest: [JobOptions, (span: Span) => T] | [(span: Span) => T]): T {
  const [options, fn] = rest.length === 1 ? [{}, rest[0]] : rest
  const { parent, links } = options ?? {}
  const span = startSpan(`job:${textOf(jobName)}`, { parent, links })
  if (span !== NOOP_SPAN) describeJob(span, textOf(jobName), options ?? {})
  return runInSpan(span, fn)
}

function describeJob(span: Span, jobName: string, options: JobOptions): void {
  span.setAttribute('job.name', jobName)
  span.setAttribute('pipeline.step', jobName.endsWith(JOB_SUFFIX) ? jobName.slice(0, -JOB_SUFFIX.length) : jobName)
  span.setAttribute('request.id', ensureRequestId())
  span.setAttribute('scene.id', options.sceneId)
  if (options.attributes !== undefined) span.setAttributes(options.attributes)
}
