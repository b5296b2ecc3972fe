import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countFields } from '../interop/compare.ts'
import { withoutFrames } from '../interop/expected.ts'
import { sendCorpus } from '../interop/sending.ts'
import { inCloudTrace, OWN_KEY } from '../support/expected-cloud-trace.ts'
import { startGoogle } from '../support/google.ts'
import { writeCredentials } from '../support/google-files.ts'

type Spans = readonly Readonly<Record<string, unknown>>[]

/** By id, with a stack trace reduced to what does not depend on the process, and without what stands in each span. */
function comparable(spans: Spans): Spans {
  const reduced = spans.map(span => JSON.parse(JSON.stringify(span), (key, value) => reduce(key, value)))
  return reduced.sort((a, b) => (a.spanId < b.spanId ? -1 : 1))
}

function reduce(key: string, value: unknown): unknown {
  if (key === 'exception.stacktrace') {
    const { stringValue } = value as { stringValue: { value: string } }
    return { stringValue: { value: withoutFrames(stringValue.value) } }
  }
  if (key !== 'attributeMap') return value
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => !OWN_KEY.test(name)))
}

test('every field of every span of the corpus is in Cloud Trace as it was set', async t => {
  const google = await startGoogle(t)
  const credentialsFile = writeCredentials(t, google.credentials('service_account'))
  const exporters = { kind: 'gcp_trace', url: google.origin, projectId: 'demo', credentialsFile }
  const sent = await sendCorpus('corpus', exporters, 'large')
  const expected = comparable(sent.map(span => inCloudTrace(span, 'demo')))
  assert.deepEqual(google.refusals, [])
  const arrived = comparable(google.spans)
  assert.deepEqual(
    arrived.map(({ spanId }) => spanId),
    expected.map(({ spanId }) => spanId),
  )
  for (const [index, span] of expected.entries()) assert.deepEqual(arrived[index], span)
  for (const { attributes } of google.spans) {
    const { attributeMap } = attributes as { attributeMap: Record<string, unknown> }
    assert.deepEqual(attributeMap['service.name'], { stringValue: { value: 'corpus' } })
    assert.deepEqual(attributeMap['host.name'], { stringValue: { value: 'höst' } })
    assert.deepEqual(attributeMap['g.co/r/generic_node/node_id'], { stringValue: { value: 'höst' } })
  }
  t.diagnostic(`${sent.length} spans sent, ${arrived.length} received, ${countFields(expected)} fields compared`)
})
