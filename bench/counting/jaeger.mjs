import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
// thriftrw and the definition of a batch come with jaeger-client.
const { Thrift } = createRequire(require.resolve('jaeger-client'))('thriftrw')
const idl = join(dirname(require.resolve('jaeger-client')), 'jaeger-idl/thrift/jaeger.thrift')
const { Batch } = new Thrift({ source: readFileSync(idl, 'utf8'), allowOptionalArguments: true })

/** Spans of a jaeger.thrift Batch in the binary protocol, as a collector takes it at /api/traces. */
export function countJaeger(request) {
  const { err, value } = Batch.rw.readFrom(request, 0)
  if (err) throw err
  return value.spans.length
}
