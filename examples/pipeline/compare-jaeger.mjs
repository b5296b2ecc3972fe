// Compares the trace file of the last `npm start` with what Jaeger shows of it: `node examples/pipeline/compare-jaeger.mjs`, with the
// URL of its query service where that is not http://localhost:16686. Exit code 1 where a span is missing there.
import { readFileSync } from 'node:fs'

const query = process.argv[2] ?? 'http://localhost:16686'
const { data } = await (await fetch(`${query}/api/traces?service=blueprint-pipeline&limit=1000`)).json()
const shown = new Set(data.flatMap(({ spans }) => spans.map(({ spanID }) => spanID)))
const requests = readFileSync('out/traces.jsonl', 'utf8').split('\n').filter(Boolean).map(JSON.parse)
const filed = requests.flatMap(({ resourceSpans }) =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ spanId }) => spanId))),
)
const missing = filed.filter(id => !shown.has(id))
console.log(`out/traces.jsonl holds ${filed.length} spans, Jaeger shows ${filed.length - missing.length} of them`)
process.exit(missing.length === 0 ? 0 : 1)
