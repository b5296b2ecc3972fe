import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { headerOf, parsePartialSuccess, parseServerMessage } from '../../src/exporters/otlp-reply.ts'
import type { HttpReply } from '../../src/net/http-client.ts'

function reply(type: string | undefined, body: string | Uint8Array): HttpReply {
  return { status: 400, headers: { 'content-type': type }, body: Buffer.from(body) }
}

/** google.rpc.Status { code: 3, message: 'bad body', details: [Any {}] }. */
const STATUS = Buffer.from('0803120862616420626f64791a00', 'hex')

const messages: [type: string | undefined, body: string | Uint8Array, message: string | undefined][] = [
  ['application/x-protobuf', STATUS, 'bad body'],
  ['Application/X-Protobuf; v=1', STATUS, 'bad body'],
  ['application/x-protobuf', '', undefined],
  ['application/x-protobuf', STATUS.subarray(0, 8), undefined],
  ['application/x-protobuf', Buffer.from('1003', 'hex'), undefined],
  ['application/json', '{"code":3,"message":"bad body"}', 'bad body'],
  ['application/json', '{"error":{"code":403,"message":"no role"}}', 'no role'],
  ['application/json', '{"message":7}', undefined],
  ['application/json', '{"error":"text"}', undefined],
  ['application/json', 'null', undefined],
  ['application/json', '{"message":', undefined],
  ['text/plain; charset=utf-8', '404 page not found\n', '404 page not found\n'],
  ['text/html', '<html><head><TITLE>502 Bad Gateway</TITLE>', '502 Bad Gateway'],
  ['text/html', '<html>no title', undefined],
  ['image/png', 'PNG', undefined],
  [undefined, 'text', undefined],
]

for (const [type, body, message] of messages) {
  test(`${type} ${JSON.stringify(body.toString().slice(0, 40))} says ${JSON.stringify(message)}`, () => {
    assert.equal(parseServerMessage(reply(type, body)), message)
  })
}

test('a text is read to 16 KiB', () => {
  assert.equal(parseServerMessage(reply('text/plain', 'x'.repeat(100_000)))?.length, 16_384)
})

const notResponses: [type: string, body: string][] = [
  ['application/x-protobuf', '{}'],
  ['application/json', 'null'],
  ['application/json', '{"partialSuccess"'],
]

for (const [type, body] of notResponses) {
  test(`${type} ${JSON.stringify(body)} is no response`, () => {
    assert.equal(parsePartialSuccess(reply(type, body)), undefined)
  })
}

const complete: [type: string | undefined, body: string][] = [
  ['application/x-protobuf', ''],
  [undefined, ''],
  ['application/json', ''],
  ['application/json', '{}'],
  ['application/json', '{"partialSuccess":null}'],
  ['application/json', '{"partialSuccess":{"rejectedSpans":null,"errorMessage":null}}'],
]

for (const [type, body] of complete) {
  test(`${type} ${JSON.stringify(body)} has nothing to complain of`, () => {
    assert.deepEqual(parsePartialSuccess(reply(type, body)), { rejectedSpans: 0, errorMessage: '' })
  })
}

test('unknown fields are passed over', () => {
  const body = Buffer.from('120101' + '0a0508071a0100' + '1801', 'hex')
  const partialSuccess = { rejectedSpans: 7, errorMessage: '' }
  assert.deepEqual(parsePartialSuccess(reply('application/x-protobuf', body)), partialSuccess)
})

test('no body makes it throw', () => {
  const types = fc.constantFrom('application/x-protobuf', 'application/json', 'text/html', 'text/plain')
  const bodies = fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from))
  fc.assert(
    fc.property(types, bodies, (type, body) => {
      const { rejectedSpans, errorMessage } = parsePartialSuccess(reply(type, body)) ?? {}
      assert.ok(rejectedSpans === undefined || typeof rejectedSpans === 'number')
      assert.ok(errorMessage === undefined || typeof errorMessage === 'string')
      assert.ok(['string', 'undefined'].includes(typeof parseServerMessage(reply(type, body))))
    }),
  )
})

test('the first of several values of a header counts', () => {
  const twice = { status: 503, headers: { 'retry-after': ['1', '2'] }, body: new Uint8Array() }
  assert.equal(headerOf(twice, 'retry-after'), '1')
  assert.equal(headerOf(twice, 'date'), undefined)
})
