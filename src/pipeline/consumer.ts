import { readResource } from '../otlp/request.ts'
import type { DeliveryConfig, ExporterConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'
import { Control } from './control.ts'
import { Delivery } from './delivery.ts'
import { Lane } from './lane.ts'
import { Ledger } from './ledger.ts'
import type { ExportThreadData, FromExportThread, ToExportThread } from './messages.ts'
import { RingReader } from './ring-reader.ts'
import { ExporterVoice, type Log } from './voice.ts'

/** How a consumer talks to the caller's thread, be it another one or its own. */
export interface ConsumerPort {
  send(message: FromExportThread): void
  /** Hands every message that has arrived to `receive`, without waiting for the event loop. */
  drain(receive: (message: ToExportThread) => void): void
  /** The consumer has closed and expects no more messages. */
  close(): void
}

/** A running consumer: feeds messages to the ring reader and the delivery. */
export class Consumer {
  private readonly port: ConsumerPort
  private readonly reader: RingReader
  private readonly delivery: Delivery

  constructor(data: ExportThreadData, exporters: readonly Promise<Exporter>[], port: ConsumerPort) {
    this.port = port
    const control = new Control(data.control)
    this.reader = new RingReader(control, data.segments, () => port.drain(this.receiveWhileReading))
    const lanes = exporters.map((exporter, index) => this.createLane(data, control, exporter, index))
    const frame = { request: data.frame, resource: readResource(data.frame), scope: data.scope }
    this.delivery = new Delivery({ control, reader: this.reader, lanes, frame, policy: data.delivery, nowMs })
    control.markReady()
  }

  start(keepAlive: boolean): void {
    this.delivery.start(keepAlive)
  }

  readonly receive = (message: ToExportThread): void => {
    if (!('kind' in message)) {
      this.reader.add(message)
      return
    }
    switch (message.kind) {
      case 'wake':
        this.delivery.pass()
        return
      case 'retire':
        this.reader.forget(message.segment)
        return
      case 'exit':
        this.delivery.hurry(message.remainingMs, message.ticket)
        return
      default:
        void this.finish(message)
    }
  }

  /** The reader wants new segments; what is to be done otherwise has to wait until it is through. */
  private readonly receiveWhileReading = (message: ToExportThread): void => {
    if ('kind' in message) queueMicrotask(() => this.receive(message))
    else this.receive(message)
  }

  /** Stops without delivering what is held. */
  stop(): void {
    this.delivery.stop()
  }

  private async finish(message: { kind: 'flush' | 'close'; id: number }): Promise<void> {
    if (message.kind === 'flush') await this.delivery.flush()
    else await this.delivery.close()
    this.port.send({ kind: 'done', id: message.id })
    if (message.kind === 'close') this.port.close()
  }

  private createLane(data: ExportThreadData, control: Control, exporter: Promise<Exporter>, index: number): Lane {
    const ledger = new Ledger(control.counters)
    const { port } = this
    const log: Log = (level, message) => port.send({ kind: 'log', level, message })
    const onError = (message: string): void => port.send({ kind: 'error', exporter: index, message })
    const policy = policyOf(data.exporters[index]!, data.delivery)
    return new Lane(exporter, policy, new ExporterVoice(data.names[index]!, log, onError), {
      nowMs,
      count: (counter, amount) => ledger.add(index, counter, amount),
      onProgress: () => this.delivery.onProgress(),
    })
  }
}

/** An exporter's own timeout takes the place of the general one. */
function policyOf(exporter: ExporterConfig, delivery: DeliveryConfig): DeliveryConfig {
  return 'timeoutMs' in exporter ? { ...delivery, exportTimeoutMs: exporter.timeoutMs } : delivery
}

function nowMs(): number {
  return performance.now()
}
