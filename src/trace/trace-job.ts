import type { JobOptions, Span } from '../types/span.ts'
import { startSpan } from './current-source.ts'
import { NOOP_SPAN } from './non-recording-span.ts'
import { ensureRequestIdOf } from './request-id.ts'
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
  const [options, fn] = rest.length === 1 ? [undefined, rest[0]] : rest
  const name = textOf(jobName)
  const { parent, links, sceneId, attributes } = readOptions(options)
  const span = startSpan(`job:${name}`, { parent, links })
  if (span !== NOOP_SPAN) {
    span.setAttribute('job.name', name)
    span.setAttribute('pipeline.step', name.endsWith(JOB_SUFFIX) ? name.slice(0, -JOB_SUFFIX.length) : name)
    span.setAttribute('request.id', ensureRequestIdOf(span.ambient))
    span.setAttribute('scene.id', sceneId)
    if (attributes !== undefined) span.setAttributes(attributes)
  }
  return runInSpan(span, fn)
}

/** Options that cannot be read count as none. */
function readOptions(options: JobOptions | undefined): JobOptions {
  try {
    const { parent, links, sceneId, attributes } = options ?? {}
    return { parent, links, sceneId, attributes }
  } catch {
    return {}
  }
}
