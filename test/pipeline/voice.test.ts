import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExporterVoice } from '../../src/pipeline/voice.ts'

function listen(): { voice: ExporterVoice; warnings: string[]; lines: string[]; errors: string[] } {
  const warnings: string[] = []
  const lines: string[] = []
  const errors: string[] = []
  const log = (level: string, message: string): void => {
    lines.push(message)
    if (level !== 'debug') warnings.push(`${level} ${message}`)
  }
  const voice = new ExporterVoice('otlp', log, message => errors.push(message))
  return { voice, warnings, lines, errors }
}

test('the first failure is said, those that follow are not, and the recovery is', () => {
  const { voice, warnings, lines } = listen()
  for (const message of ['refused', 'refused', 'reset']) voice.failed(message)
  voice.succeeded()
  voice.succeeded()
  assert.deepEqual(warnings, ['warn otlp: refused; spans are kept and tried again', 'warn otlp: delivering again'])
  assert.equal(lines.length, 4, 'the others are there for those who debug')
})

test('a backend that fails now and then is said once, with its recovery', () => {
  const { voice, warnings } = listen()
  for (let outage = 0; outage < 100; outage++) {
    voice.failed('busy')
    voice.succeeded()
  }
  assert.equal(warnings.length, 2)
})

test('a second outage for another reason is said', () => {
  const { voice, warnings } = listen()
  voice.failed('refused')
  voice.succeeded()
  voice.failed('reset')
  voice.succeeded()
  assert.equal(warnings.length, 4)
})

test('each reason for a loss is said once', () => {
  const { voice, warnings } = listen()
  voice.lost(1, '401')
  voice.lost(7, '401')
  voice.lost(2, '403')
  voice.lost(3, '')
  assert.deepEqual(warnings, [
    'warn otlp: 1 span lost: 401',
    'warn otlp: 2 spans lost: 403',
    'warn otlp: 3 spans lost: no reason given',
  ])
})

test('spans that are lost to a failure that has been said are worth a line', () => {
  const { voice, warnings } = listen()
  voice.failed('refused')
  voice.lost(5, 'refused')
  assert.equal(warnings.at(-1), 'warn otlp: 5 spans lost: refused')
})

test('a backend that words each refusal anew is said eight times', () => {
  const { voice, warnings, lines } = listen()
  for (let i = 0; i < 1_000; i++) voice.lost(1, `request ${i} refused`)
  for (let i = 0; i < 1_000; i++) voice.remarked(`warning ${i}`)
  assert.deepEqual([warnings.length, lines.length], [8, 2_000])
})

test('the last error is kept, and told when it changes', () => {
  const { voice, errors } = listen()
  voice.failed('refused')
  voice.failed('refused')
  voice.lost(1, '401')
  voice.remarked('deprecated')
  assert.deepEqual([voice.lastError, errors], ['401', ['refused', '401']])
})

test('spans that made room for others are said once, and the trouble that they waited for stays the last error', () => {
  const { voice, warnings } = listen()
  voice.failed('refused')
  voice.evicted(1)
  voice.evicted(2)
  assert.equal(warnings[1], 'warn otlp: 1 span lost: its queue held up the other exporters')
  assert.equal(warnings.length, 2)
  assert.equal(voice.lastError, 'refused')
})
