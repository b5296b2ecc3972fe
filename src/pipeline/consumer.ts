import { readResource } from '../otlp/request.ts'
import type { Exporter } from '../types/exporter.ts'
import { Control } from './control.ts'
import { Delivery } from './delivery.ts'
import { Lane } from './lane.ts'
import { Ledger } from './ledger.ts'
import type { ExportThreadData, FromExportThread, ToExportThread } from './messages.ts'
import { RingReader } from './ring-reader.ts'
import { ExporterVoice } from './voice.ts'

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
    this.reader = new RingReader(control, data.segments, () => port.drain(this.receive))
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
    const log = (level: 'error' | 'warn' | 'info' | 'debug', text: string): void =>
      port.send({ kind: 'log', level, message: text })
    const onError = (message: string): void => port.send({ kind: 'error', exporter: index, message })
    exporter.catch(() => {})
    return new Lane(exporter, data.delivery, new ExporterVoice(data.names[index]!, log, onError), {
      nowMs,
      count: (counter, amount) => ledger.add(index, counter, amount),
      onProgress: () => this.delivery.onProgress(),
    })
  }
}

function nowMs(): number {
  return performance.now()
}
