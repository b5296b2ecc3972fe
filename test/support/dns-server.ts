import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** IPv6 addresses are written with all eight groups. */
export interface DnsZone {
  readonly [name: string]: { readonly A: readonly string[] | 'silence'; readonly AAAA: readonly string[] | 'silence' }
}

const A = 1
const AAAA = 28
const INTERNET = 1
const RESPONSE_WITH_RECURSION = 0x8180
const NXDOMAIN = 3
const HEADER_BYTES = 12
/** Compression pointer (RFC 1035 §4.1.4) to the question's name. */
const NAME_OF_QUESTION = 0xc000 | HEADER_BYTES

export interface DnsServer {
  /** As `setServers` takes it. */
  readonly address: string
  /** `NAME TYPE` of each question. */
  readonly questions: readonly string[]
}

/** Answers over UDP: names that are not in the zone do not exist. */
export async function startDnsServer(t: TestContext, zone: DnsZone): Promise<DnsServer> {
  const questions: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query)
    questions.push(`${name} ${type === A ? 'A' : 'AAAA'}`)
    const records = zone[name]?.[type === A ? 'A' : 'AAAA']
    if (records !== 'silence') socket.send(encodeAnswer(query.subarray(0, end), type, records), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  return { address: `127.0.0.1:${socket.address().port}`, questions }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function encodeAnswer(question: Buffer, type: number, records: readonly string[] | undefined): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  question.copy(header, 0, 0, 2)
  header.writeUInt16BE(RESPONSE_WITH_RECURSION | (records === undefined ? NXDOMAIN : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records?.length ?? 0, 6)
  const answers = (records ?? []).map(address => encodeRecord(type, address))
  return Buffer.concat([header, question.subarray(HEADER_BYTES), ...answers])
}

function encodeRecord(type: number, address: string): Buffer {
  const data = type === AAAA ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number))
  const record = Buffer.alloc(12)
  record.writeUInt16BE(NAME_OF_QUESTION, 0)
  record.writeUInt16BE(type, 2)
  record.writeUInt16BE(INTERNET, 4)
  record.writeUInt32BE(60, 6)
  record.writeUInt16BE(data.length, 10)
  return Buffer.concat([record, data])
}

function ipv6Bytes(address: string): Buffer {
  const bytes = Buffer.alloc(16)
  for (const [i, group] of address.split(':').entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), i * 2)
  return bytes
}
