import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { resolvePropagators } from '../../src/config/propagators-option.ts'

const ALL = 'tracecontext,baggage,request-id'

describe('the propagators', () => {
  const rows: [option: string[] | undefined, variable: string, result: string, notices?: number][] = [
    [undefined, '', ALL],
    [undefined, 'tracecontext,baggage', 'tracecontext,baggage'],
    [undefined, 'Baggage', 'baggage'],
    [undefined, ' request-id , request-id,', 'request-id'],
    [undefined, 'none', ''],
    [undefined, 'none,baggage', 'baggage', 1],
    [undefined, 'b3', 'b3'],
    [undefined, 'gcp_trace,B3Multi,jaeger,tracecontext', 'gcp_trace,b3multi,jaeger,tracecontext'],
    [undefined, 'xray', ALL, 1],
    [undefined, 'tracecontext,b3,xray,ottrace', 'tracecontext,b3', 2],
    [undefined, ',', ALL],
    [[], 'baggage', ''],
    [['none'], 'baggage', ''],
    [['none', 'none'], '', ''],
    [['baggage', 'tracecontext', 'baggage'], 'b3', 'baggage,tracecontext'],
    [['jaeger', 'b3multi', 'gcp_trace', 'b3'], 'tracecontext', 'jaeger,b3multi,gcp_trace,b3'],
  ]
  for (const [option, variable, result, notices = 0] of rows) {
    test(`${JSON.stringify(option)} with "${variable}": ${result || 'none'}, ${notices} notices`, () => {
      const environment = new EnvironmentReader({ OTEL_PROPAGATORS: variable })
      assert.equal(resolvePropagators(option, environment).join(), result)
      assert.equal(environment.notices.length, notices)
    })
  }
})
