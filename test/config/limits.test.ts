import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { resolveLimits } from '../../src/config/limits.ts'
import type { SpanLimits } from '../../src/types/options.ts'

const DEFAULTS: SpanLimits = {
  attributeCount: 128,
  attributeValueLength: Number.POSITIVE_INFINITY,
  eventCount: 128,
  linkCount: 128,
  attributesPerEvent: 128,
  attributesPerLink: 128,
}

describe('limits: an option, else the variable of its own, else the general one', () => {
  const rows: [
    options: Partial<SpanLimits> | undefined,
    variables: Record<string, string>,
    limits: Partial<SpanLimits>,
  ][] = [
    [undefined, {}, {}],
    [{}, {}, {}],
    [
      undefined,
      { OTEL_ATTRIBUTE_COUNT_LIMIT: '9' },
      { attributeCount: 9, attributesPerEvent: 9, attributesPerLink: 9 },
    ],
    [
      undefined,
      { OTEL_ATTRIBUTE_COUNT_LIMIT: '9', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '8' },
      { attributeCount: 8, attributesPerEvent: 9, attributesPerLink: 9 },
    ],
    [undefined, { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '0' }, { attributeCount: 0 }],
    [undefined, { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '9' }, { attributeValueLength: 9 }],
    [
      undefined,
      { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '9', OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '8' },
      { attributeValueLength: 8 },
    ],
    [undefined, { OTEL_SPAN_EVENT_COUNT_LIMIT: '7' }, { eventCount: 7 }],
    [undefined, { OTEL_SPAN_LINK_COUNT_LIMIT: '6' }, { linkCount: 6 }],
    [undefined, { OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '5' }, { attributesPerEvent: 5 }],
    [undefined, { OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '4' }, { attributesPerLink: 4 }],
    [undefined, { OTEL_SPAN_EVENT_COUNT_LIMIT: '2147483647' }, { eventCount: 2_147_483_647 }],
    [{ eventCount: 3 }, { OTEL_SPAN_EVENT_COUNT_LIMIT: '7' }, { eventCount: 3 }],
    [{ attributeCount: 0 }, { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '7' }, { attributeCount: 0 }],
    [{ attributeValueLength: Number.POSITIVE_INFINITY }, { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '9' }, {}],
    [
      { linkCount: 1, attributesPerLink: 2, attributesPerEvent: 3 },
      {},
      { linkCount: 1, attributesPerLink: 2, attributesPerEvent: 3 },
    ],
  ]
  for (const [options, variables, limits] of rows) {
    test(`${JSON.stringify(options)} with ${JSON.stringify(variables)} gives ${JSON.stringify(limits)}`, () => {
      const environment = new EnvironmentReader(variables)
      assert.deepEqual(resolveLimits(options, environment), { ...DEFAULTS, ...limits })
      assert.deepEqual(environment.notices, [])
    })
  }

  test('a value that cannot be used falls to the general one', () => {
    const environment = new EnvironmentReader({ OTEL_ATTRIBUTE_COUNT_LIMIT: '9', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 'x' })
    assert.equal(resolveLimits(undefined, environment).attributeCount, 9)
    assert.match(environment.notices.join(), /^OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT .*; using 9$/)
  })
})
