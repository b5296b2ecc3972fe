/**
 * Sends the corpus with the exporters of TRACING_OPTIONS or the environment and ends. Prints the ids of each span by its name,
 * and the stack of its exception.
 */
import { extractTraceContext, getTracer, initTracing, type Span } from 'blueprint-tracing'
import { attributesOf, CORPUS, type CorpusSpan, DEFAULT_TIMES, LARGE } from '../corpus.ts'

initTracing({ serviceName: process.argv[2], resource: { 'host.name': 'höst' }, ...options() })
const tracer = getTracer()
const spans = new Map<string, Span>()
for (const each of process.argv[3] === 'large' ? [...CORPUS, ...LARGE] : CORPUS) spans.set(each.name, record(each))
console.log(JSON.stringify([...spans].map(([name, span]) => ({ name, ...span.spanContext() }))))

function options(): object {
  return JSON.parse(process.env.TRACING_OPTIONS ?? '{}')
}

function record(each: CorpusSpan): Span {
  const span = tracer.startSpan(each.name, {
    kind: each.kind,
    startTime: each.start ?? DEFAULT_TIMES.start,
    parent: parentOf(each),
    attributes: attributesOf(each.attributes),
    links: each.links?.map(({ link }) => link),
  })
  for (const { name, attributes, time } of each.events ?? []) span.addEvent(name, attributesOf(attributes), time)
  if (each.status !== undefined) span.setStatus(each.status)
  if (each.exception !== undefined) span.recordException(each.exception, DEFAULT_TIMES.start)
  span.end(each.end ?? DEFAULT_TIMES.end)
  return span
}

function parentOf({ parent, remote }: CorpusSpan) {
  if (parent !== undefined) return spans.get(parent)
  return remote === undefined ? null : extractTraceContext({ ...remote })
}
