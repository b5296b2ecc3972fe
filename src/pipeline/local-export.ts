import { readResource } from '../otlp/read-resource.ts'
import type { Exporter } from '../types/exporter.ts'
import { CallerExporter } from './caller-exporter.ts'
import { Consumer, type CreateExporter } from './consumer.ts'
import type { ConsumerHost, ToPipeline } from './consumer-host.ts'
import { type ExportThreadData, type FromCallersExporter, type FromExportThread, isForObject } from './messages.ts'

export { readSpans } from '../otlp/read.ts'
export { ProtobufReader } from '../wire/protobuf-reader.ts'

/**
 * One set for each worker: should that die, what it has handed back may still be exported, but is counted as lost with it, and
 * nobody hears the answers.
 */
export function createCallerExporters(
  { frame: request, scope, delivery }: ExportThreadData,
  objects: ReadonlyMap<number, Exporter>,
  post: (message: FromCallersExporter) => void,
): ReadonlyMap<number, CallerExporter> {
  const frame = { request, resource: readResource(request), scope }
  const timeoutMs = delivery.exportTimeoutMs
  return new Map(
    Array.from(objects, ([index, exporter]) => [
      index,
      new CallerExporter({ exporter, index, frame, timeoutMs, post }),
    ]),
  )
}

/** Runs the consumer on this thread: its timer does not hold the process, so somebody has to flush before the end. */
export function startLocalHost(
  data: ExportThreadData,
  createExporter: CreateExporter,
  onMessage: (message: ToPipeline) => void,
): ConsumerHost {
  let holding: NodeJS.Timeout | undefined
  const send = (message: FromExportThread): void => {
    // Nothing is handed back to where it is.
    if (!isForObject(message)) onMessage(message)
  }
  const consumer = new Consumer(data, createExporter, { send, drain: () => {}, close: () => {} })
  consumer.start(false)
  return {
    thread: 'main',
    post: message => {
      if ('kind' in message && message.kind === 'wake') setImmediate(() => consumer.receive(message))
      else consumer.receive(message)
    },
    drain: () => {},
    serve: () => {},
    giveUpHandedBack: () => {},
    hold: on => {
      clearInterval(holding)
      holding = on ? setInterval(() => {}, 1000) : undefined
    },
    stop: () => consumer.stop(),
  }
}
