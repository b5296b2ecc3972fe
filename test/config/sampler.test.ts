import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { resolveSampler } from '../../src/config/sampler.ts'

const DEFAULT = { kind: 'parentbased_always_on' }

describe('the sampler', () => {
  const rows: [option: object | undefined, sampler: string, arg: string, result: object, notices?: number][] = [
    [undefined, '', '', DEFAULT],
    [undefined, 'always_on', '', { kind: 'always_on' }],
    [undefined, 'Always_Off', '', { kind: 'always_off' }],
    [undefined, 'parentbased_always_on', '', { kind: 'parentbased_always_on' }],
    [undefined, 'parentbased_always_off', '', { kind: 'parentbased_always_off' }],
    [undefined, 'traceidratio', '', { kind: 'traceidratio', ratio: 1 }],
    [undefined, 'traceidratio', '0.25', { kind: 'traceidratio', ratio: 0.25 }],
    [undefined, 'parentbased_traceidratio', '0', { kind: 'parentbased_traceidratio', ratio: 0 }],
    [undefined, 'traceidratio', '1', { kind: 'traceidratio', ratio: 1 }],
    [undefined, 'traceidratio', '.5', { kind: 'traceidratio', ratio: 0.5 }],
    [undefined, 'traceidratio', '1e-3', { kind: 'traceidratio', ratio: 0.001 }],
    [undefined, 'traceidratio', '1.01', { kind: 'traceidratio', ratio: 1 }, 1],
    [undefined, 'traceidratio', '-0.1', { kind: 'traceidratio', ratio: 1 }, 1],
    [undefined, 'traceidratio', '10%', { kind: 'traceidratio', ratio: 1 }, 1],
    [undefined, 'traceidratio', '0x1', { kind: 'traceidratio', ratio: 1 }, 1],
    [undefined, 'always_on', 'junk', { kind: 'always_on' }],
    [undefined, '', '0.1', DEFAULT, 1],
    [undefined, 'jaeger_remote', '0.1', DEFAULT, 1],
    [undefined, 'probability', '0.1', { kind: 'probability', ratio: 0.1 }],
    [undefined, 'ParentBased_Probability', '', { kind: 'parentbased_probability', ratio: 1 }],
    [undefined, 'probability', '2', { kind: 'probability', ratio: 1 }, 1],
    [undefined, 'parentbased_jaeger_remote', '0.1', DEFAULT, 1],
    [{ kind: 'always_off' }, 'always_on', '', { kind: 'always_off' }],
    [{ kind: 'traceidratio' }, 'traceidratio', '0.5', { kind: 'traceidratio', ratio: 1 }],
    [{ kind: 'probability' }, 'always_off', '0.5', { kind: 'probability', ratio: 1 }],
    [{ kind: 'parentbased_probability', ratio: 0.01 }, '', '', { kind: 'parentbased_probability', ratio: 0.01 }],
    [{ kind: 'traceidratio', ratio: 0 }, 'xray', '', { kind: 'traceidratio', ratio: 0 }],
  ]
  for (const [option, name, arg, result, notices = 0] of rows) {
    const variables = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg }
    test(`${JSON.stringify(option)} with ${name || '-'} ${arg || '-'} gives ${JSON.stringify(result)}, ${notices} notices`, () => {
      const environment = new EnvironmentReader(variables)
      assert.deepEqual(resolveSampler(option, environment), result)
      assert.equal(environment.notices.length, notices)
    })
  }
})
