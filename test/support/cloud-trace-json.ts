import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import protobuf from 'protobufjs'
import protojson from 'protobufjs/ext/protojson.js'

/** Google's own definitions, of which that package's exporter has a copy; none of its code is loaded. */
const protos = createRequire(import.meta.url)
  .resolve('@google-cloud/opentelemetry-cloud-trace-exporter')
  .replace(/build\/.*$/, 'build/protos/protos.json')
export const officialCloudTrace: protobuf.Root = protobuf.Root.fromJSON(
  JSON.parse(readFileSync(protos, 'utf8')),
).resolveAll() as protobuf.Root
const Request = officialCloudTrace.lookupType('google.devtools.cloudtrace.v2.BatchWriteSpansRequest')

interface SpanJson {
  readonly name?: string
  readonly spanId?: string
  readonly displayName?: { readonly value?: string }
  readonly startTime?: string
  readonly endTime?: string
}

/**
 * What is wrong with the body of a batchWrite, by a strict ProtoJSON parser that knows Google's definitions, and by what the
 * service requires beyond them; undefined if nothing is. `path` is that of the request.
 */
export function checkCloudTraceBody(body: string, path: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as { spans: SpanJson[] }
    protojson.fromJson(Request, parsed)
    if (!Array.isArray(parsed.spans) || parsed.spans.length === 0) return 'no spans'
    const project = /\/v2\/(projects\/[^/]+)\/traces:batchWrite$/.exec(path)?.[1]
    return parsed.spans
      .map(span => checkSpan(span, decodeURIComponent(project ?? '')))
      .find(problem => problem !== undefined)
  } catch (error) {
    return String(error)
  }
}

function checkSpan(span: SpanJson, project: string): string | undefined {
  const { name = '', spanId = '', displayName, startTime, endTime } = span
  const parts = /^(projects\/[^/]+)\/traces\/[0-9a-f]{32}\/spans\/([0-9a-f]{16})$/.exec(name)
  if (parts === null || parts[1] !== project || parts[2] !== spanId) return `name ${name}, spanId ${spanId}`
  if (typeof displayName?.value !== 'string' || displayName.value === '') return 'no displayName'
  return startTime === undefined || endTime === undefined ? 'no times' : undefined
}
