import { printableText } from '../net/printable.ts'
import { describeNetworkError } from '../net/trouble.ts'
import { createUdpSender, isTooLong, type UdpSender } from '../net/udp-sender.ts'
import type { JaegerExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { ThriftBinaryWriter } from '../wire/thrift-binary-writer.ts'
import { ThriftCompactWriter } from '../wire/thrift-compact-writer.ts'
import type { ThriftWriter } from '../wire/thrift-writer.ts'
import { CUT_SPAN_TAG, type Packet, type PackingLosses, packBatch } from './jaeger-packets.ts'

/** A system that does not take even datagrams of this size does not take them at all: every IPv6 network carries them. */
const MIN_PACKET_BYTES = 1_024
const MAX_NAME_CHARS = 100

/** What becomes of one batch. */
interface Progress extends PackingLosses {
  /** How many spans, counted from the first, are sent or given up. */
  done: number
  remark: string | undefined
}

interface Failure {
  readonly error: unknown
  readonly packet: Packet
}

/** Sends each batch as datagrams, each of them a whole call of the agent. Nobody acknowledges them. */
export function createJaegerUdpExporter(config: JaegerExporterConfig): Exporter {
  const { url } = config
  const { hostname, port } = new URL(url)
  const sender = createUdpSender({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) })
  const createWriter = writerOf(config)
  let { maxPacketBytes } = config

  async function send(batch: SpanBatch, signal: AbortSignal): Promise<ExportResult> {
    const progress: Progress = { done: 0, dropped: [], cut: undefined, remark: undefined }
    while (progress.done < batch.count) {
      const packets = packBatch(batch, progress.done, createWriter, maxPacketBytes, progress)
      const failure = await sendAll(packets, progress, sender, signal)
      if (failure === undefined) progress.done = batch.count
      else if (isTaughtBy(failure)) progress.remark = learnFrom(failure)
      else return retry(progress, failure)
    }
    return sent(progress)
  }

  /** Some systems take no datagrams as long as that: macOS 9,216 bytes by default. */
  function learnFrom({ packet: { byteCount } }: Failure): string {
    // Another batch may have learnt more meanwhile.
    maxPacketBytes = Math.min(maxPacketBytes, Math.max(MIN_PACKET_BYTES, Math.floor(byteCount / 2)))
    return `this system sends no datagram of ${byteCount} bytes; they have at most ${maxPacketBytes} from now on`
  }

  function sent({ dropped, cut, remark }: Progress): ExportResult {
    const limit = `a datagram of ${maxPacketBytes} bytes`
    const [first] = dropped
    if (first !== undefined) {
      const message = `${url}: ${quoted(first.name)} does not fit ${limit}, even without its values`
      return { outcome: 'sent', tooLarge: dropped.length, message }
    }
    if (remark !== undefined) return { outcome: 'sent', message: `${url}: ${remark}` }
    if (cut === undefined) return { outcome: 'sent' }
    const message = `${url}: ${quoted(cut)} is too large for ${limit}: its largest values are cut, and ${CUT_SPAN_TAG} says so`
    return { outcome: 'sent', message }
  }

  /** Spans that were given up must not be counted as sent: those before the first of them are settled, the others come again. */
  function retry({ done, dropped }: Progress, { error }: Failure): ExportResult {
    const settled = Math.min(done, dropped[0]?.index ?? done)
    return { outcome: 'retry', message: `${url}: ${describeNetworkError(error, url)}`, settled }
  }

  return { name: 'jaeger', export: send, close: () => sender.close() }
}

function writerOf({ transport }: JaegerExporterConfig): (capacity: number) => ThriftWriter {
  if (transport === 'udp/thrift.binary') return capacity => new ThriftBinaryWriter(capacity)
  return capacity => new ThriftCompactWriter(capacity)
}

/** Of the losses only those stay that are done with: what could not be sent is packed anew. */
async function sendAll(
  packets: Iterable<Packet>,
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
      while ((progress.dropped.at(-1)?.index ?? -1) >= progress.done) progress.dropped.pop()
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
