import { printableText } from '../net/printable.ts'
import { describeNetworkError } from '../net/trouble.ts'
import { createUdpSender, isTooLong, type UdpSender } from '../net/udp-sender.ts'
import type { JaegerExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { ThriftBinaryWriter } from '../wire/thrift-binary-writer.ts'
import { ThriftCompactWriter } from '../wire/thrift-compact-writer.ts'
import type { ThriftWriter } from '../wire/thrift-writer.ts'
import { CUT_SPAN_TAG, type Packet, type Packing, packBatch } from './jaeger-packets.ts'

/** A system that does not take even datagrams of this size does not take them at all: every IPv6 network carries them. */
const MIN_PACKET_BYTES = 1_024
const MAX_NAME_CHARS = 100

/** What becomes of one batch. */
interface Progress {
  /** How many spans, counted from the first, are sent or given up. */
  done: number
  readonly dropped: Packing['dropped'][number][]
  remark: string | undefined
}

/** Sends each batch as datagrams, each of them a whole call of the agent. Nobody acknowledges them. */
export function createJaegerUdpExporter(config: JaegerExporterConfig): Exporter {
  const { url } = config
  const { hostname, port } = new URL(url)
  const sender = createUdpSender({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) })
  const createWriter = writerOf(config)
  let { maxPacketBytes } = config

  async function send(batch: SpanBatch, signal: AbortSignal): Promise<ExportResult> {
    const progress: Progress = { done: 0, dropped: [], remark: undefined }
    while (progress.done < batch.count) {
      const packing = packBatch(batch, progress.done, createWriter, maxPacketBytes)
      const failure = await sendAll(packing.packets, progress, sender, signal)
      if (failure === undefined) progress.done = batch.count
      // What is not done with is packed anew.
      progress.dropped.push(...packing.dropped.filter(({ index }) => index < progress.done))
      if (packing.cut !== undefined) progress.remark ??= describeCut(packing.cut)
      if (failure !== undefined && !isTaughtBy(failure)) return retry(progress, failure)
      if (failure !== undefined) progress.remark = learnFrom(failure)
    }
    return sent(progress)
  }

  /** Some systems take no datagrams as long as that: macOS 9,216 bytes by default. */
  function learnFrom({ packet: { byteCount } }: Failure): string {
    maxPacketBytes = Math.max(MIN_PACKET_BYTES, Math.floor(byteCount / 2))
    return `this system sends no datagram of ${byteCount} bytes; they have at most ${maxPacketBytes} from now on`
  }

  function describeCut(name: string): string {
    return `${quoted(name)} is too large for a datagram of ${maxPacketBytes} bytes: its largest values are cut, and ${CUT_SPAN_TAG} says so`
  }

  function sent({ dropped, remark }: Progress): ExportResult {
    const [first] = dropped
    if (first === undefined) return { outcome: 'sent', ...(remark && { message: `${url}: ${remark}` }) }
    const message = `${url}: ${quoted(first.name)} does not fit a datagram of ${maxPacketBytes} bytes, even without its values`
    return { outcome: 'sent', tooLarge: dropped.length, message }
  }

  /** Spans that were given up must not be counted as sent: those before the first of them are settled, the others come again. */
  function retry({ done, dropped }: Progress, { error }: Failure): ExportResult {
    const settled = Math.min(done, dropped[0]?.index ?? done)
    return { outcome: 'retry', message: `${url}: ${describeNetworkError(error, url)}`, settled }
  }

  return { name: 'jaeger', export: send, close: () => sender.close() }
}

interface Failure {
  readonly error: unknown
  readonly packet: Packet
}

function writerOf({ transport }: JaegerExporterConfig): (capacity: number) => ThriftWriter {
  if (transport === 'udp/thrift.binary') return capacity => new ThriftBinaryWriter(capacity)
  return capacity => new ThriftCompactWriter(capacity)
}

async function sendAll(
  packets: readonly Packet[],
  progress: Progress,
  sender: UdpSender,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  for (const packet of packets) {
    try {
      if (signal.aborted) throw new Error('given up before all of it was sent')
      await sender.send(packet.parts)
      progress.done = packet.end
    } catch (error) {
      return { error, packet }
    }
  }
  return undefined
}

/** Whether shorter datagrams may help. */
function isTaughtBy({ error, packet }: Failure): boolean {
  return isTooLong(error) && packet.byteCount > MIN_PACKET_BYTES
}

function quoted(name: string): string {
  return `span "${printableText(name, MAX_NAME_CHARS)}"`
}
