import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeGrpcMessage, parseRetryInfoMs } from '../../src/net/grpc-details.ts'

const messages: [value: string, expected: string][] = [
  ['', ''],
  ['busy', 'busy'],
  ['100%25 full', '100% full'],
  ['%E2%82%AC%f0%9f%98%80', '€😀'],
  ['a%0Ab', 'a\nb'],
  ['%', '%'],
  ['%4', '%4'],
  ['%zz%41', '%zzA'],
  ['%E2%82', '\u{fffd}'],
  ['%FFok', '\u{fffd}ok'],
]

for (const [value, expected] of messages) {
  test(`grpc-message ${JSON.stringify(value)} reads ${JSON.stringify(expected)}`, () => {
    assert.equal(decodeGrpcMessage(value), expected)
  })
}

/** One field of wire type 2 whose content is under 128 bytes. */
function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.of(number * 8 + 2, bytes.length), bytes])
}

function status(...details: [type: string, value: Uint8Array][]): string {
  const all = details.map(([type, value]) => field(3, Buffer.concat([field(1, type), field(2, value)])))
  return Buffer.concat([Buffer.of(8, 14), ...all]).toString('base64')
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
const OTHER: [string, Uint8Array] = ['type.googleapis.com/google.rpc.DebugInfo', Buffer.from('?')]
const MINUS_ONE = [...Array(9).fill(0xff), 1]
const BUSY = 'CA4SBGJ1c3kaMAoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIECgIIBQ=='

const waits: [what: string, details: string | undefined, expectedMs: number | undefined][] = [
  ['a delay of 5 s', BUSY, 5_000],
  ['base64 without padding', BUSY.replaceAll('=', ''), 5_000],
  ['seconds and nanos', status([RETRY_INFO, field(1, Buffer.of(8, 1, 16, 0x80, 0xca, 0xb5, 0xee, 0x01))]), 1_500],
  ['a delay behind another detail', status(OTHER, [RETRY_INFO, field(1, Buffer.of(8, 2))]), 2_000],
  ['no delay in it', status([RETRY_INFO, Buffer.of()]), 0],
  ['a negative delay', status([RETRY_INFO, field(1, Buffer.of(8, ...MINUS_ONE))]), 0],
  ['a delay over an hour', status([RETRY_INFO, field(1, Buffer.of(8, 0x91, 0x1c))]), 3_600_000],
  ['another detail only', status(OTHER), undefined],
  ['no details', status(), undefined],
  ['an empty value', '', undefined],
  ['no header', undefined, undefined],
  ['bytes cut short', BUSY.slice(0, 40), undefined],
  ['no base64', '!!!', undefined],
]

for (const [what, details, expectedMs] of waits) {
  test(`RetryInfo: ${what} asks for ${expectedMs} ms`, () => {
    assert.equal(parseRetryInfoMs(details), expectedMs)
  })
}
