import assert from 'node:assert/strict'
import test from 'node:test'
import { negotiateFormat } from '../../src/metrics/accept.ts'
import type { TextFormat } from '../../src/metrics/text-format.ts'

const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
const rows: [accept: string | undefined, format: TextFormat][] = [
  [undefined, 'text'],
  ['', 'text'],
  ['*/*', 'text'],
  [PROMETHEUS, 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['Application/OpenMetrics-Text; Version="1.0.0"; charset=utf-8', 'openmetrics'],
  ['application/openmetrics-text;version=0.0.1', 'text'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/openmetrics-text;q=0.3,text/plain;q=0.7', 'text'],
  ['text/plain;version=0.0.4;q=0.3,application/openmetrics-text;q=0.7', 'openmetrics'],
  ['application/openmetrics-text;q=nonsense', 'text'],
  ['text/html,application/xhtml+xml', 'text'],
  [';;,=,;q=1', 'text'],
]
for (const [accept, format] of rows) {
  test(`Accept: ${accept} is answered in ${format}`, () => assert.equal(negotiateFormat(accept), format))
}
