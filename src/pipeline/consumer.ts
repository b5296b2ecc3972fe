import { readResource } from '../otlp/read-resource.ts'
import type { DeliveryConfig, ExporterConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'
import { unusableExporter } from './attempt.ts'
import { Control } from './control.ts'
import { Delivery } from './delivery.ts'
import { HandedBackExporter } from './handed-back-exporter.ts'
import { Lane } from './lane.ts'
import type { LaneConfig } from './lane-config.ts'
import { Ledger } from './ledger.ts'
import type { ExportThreadData, FromCallersExporter, FromExportThread, ToExportThread } from './messages.ts'
import { RingReader } from './ring-reader.ts'
import { MAX_TIMER_MS } from './timer.ts'
import { ExporterVoice, type Log } from './voice.ts'

/** How a consumer talks to the caller's thread, be it another one or its own. */
export interface ConsumerPort {
  send(message: FromExportThread): void
  /** Hands every message that has arrived to `receive`, without waiting for the event loop. */
  drain(receive: (message: ToExportThread) => void): void
  /** The consumer has closed and expects no more messages. */
  close(): void
}

/** Sets up the exporter of a configuration; one that needs no setting up is there at once. */
export type CreateExporter = (config: ExporterConfig) => Exporter | Promise<Exporter>

/** A running consumer: feeds messages to the ring reader and the delivery. */
export class Consumer {
  private readonly port: ConsumerPort
  private readonly control: Control
  private readonly handedBack = new Map<number, HandedBackExporter>()
  private readonly reader: RingReader
  private readonly delivery: Delivery

  constructor(data: ExportThreadData, createExporter: CreateExporter, port: ConsumerPort) {
    this.port = port
    const control = new Control(data.control)
    this.control = control
    this.reader = new RingReader(control, data.segments, () => port.drain(this.receiveWhileReading))
    const lanes = data.exporters.map((config, index) => this.createLane(data, config, createExporter, index))
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
      case 'answer':
      case 'closed':
        this.receiveAnswer(message)
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

  private receiveAnswer(message: FromCallersExporter): void {
    this.handedBack.get(message.exporter)?.receive(message)
    if (message.kind === 'answer' && message.result === 'later') this.delivery.onProgress()
  }

  private createLane(data: ExportThreadData, config: LaneConfig, createExporter: CreateExporter, index: number): Lane {
    const { port } = this
    const ledger = new Ledger(this.control.counters)
    const log: Log = (level, message) => port.send({ kind: 'log', level, message })
    const onError = (message: string): void => port.send({ kind: 'error', exporter: index, message })
    const exporter = this.exporterFor(config, createExporter, index)
    return new Lane(exporter, policyOf(config, data.delivery), new ExporterVoice(data.names[index]!, log, onError), {
      nowMs,
      count: (counter, amount) => ledger.add(index, counter, amount),
      onProgress: () => this.delivery.onProgress(),
      lateCount: () => this.handedBack.get(index)?.lateCount ?? 0,
    })
  }

  private exporterFor(config: LaneConfig, createExporter: CreateExporter, index: number): Exporter | Promise<Exporter> {
    if (config.kind === 'unavailable') return unusableExporter(config.reason)
    if (config.kind !== 'handed_back') return createExporter(config)
    const exporter = new HandedBackExporter(config.name, index, message => {
      this.port.send(message)
      this.control.callCaller()
    })
    this.handedBack.set(index, exporter)
    return exporter
  }
}

/** An exporter's own timeout takes the place of the general one. The caller's thread keeps the time of its exporters itself. */
function policyOf(config: LaneConfig, delivery: DeliveryConfig): DeliveryConfig {
  if (config.kind === 'handed_back') return { ...delivery, exportTimeoutMs: MAX_TIMER_MS }
  return 'timeoutMs' in config ? { ...delivery, exportTimeoutMs: config.timeoutMs } : delivery
}

function nowMs(): number {
  return performance.now()
}
