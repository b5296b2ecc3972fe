import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createExporter } from './exporters/create.ts'
import { writeStderr } from './exporters/stderr.ts'
import { Consumer, type ConsumerPort } from './pipeline/consumer.ts'
import type { ExportThreadData, FromExportThread, ToExportThread } from './pipeline/messages.ts'

/** The export thread's entry. */
interface WorkerData extends ExportThreadData {
  readonly port: MessagePort
  /** Levels that this thread writes to stderr itself, so that they appear while the caller's thread is blocked. */
  readonly stderrLevels: readonly string[] | undefined
  /** Nobody reads what this thread writes to its streams. */
  readonly hasOwnStreams: boolean
}

const { port, stderrLevels, hasOwnStreams, ...data } = workerData as WorkerData

const link: ConsumerPort = {
  send(message: FromExportThread): void {
    if (message.kind === 'batch') port.postMessage(message, [message.bytes.buffer])
    else if (message.kind !== 'log' || stderrLevels === undefined) port.postMessage(message)
    else if (stderrLevels.includes(message.level)) writeStderr([`blueprint-tracing: ${message.message}\n`])
  },
  drain(receive: (message: ToExportThread) => void): void {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      receive(next.message)
    }
  },
  close(): void {
    port.close()
  },
}

// Node.js would write its warnings there. It does not listen for them where NODE_NO_WARNINGS is set.
if (hasOwnStreams && process.listenerCount('warning') > 0) {
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) =>
    link.send({ kind: 'log', level: 'warn', message: `${name}: ${message}` }),
  )
}

const consumer = new Consumer(data, createExporter, link)
port.on('message', consumer.receive)
consumer.start(true)
