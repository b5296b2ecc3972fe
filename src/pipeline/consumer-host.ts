import type { MessagePort, Worker } from 'node:worker_threads'
import type { Exporter } from '../types/exporter.ts'
import { messageOf } from './attempt.ts'
import { Consumer } from './consumer.ts'
import type { ExportThreadData, FromExportThread, ToExportThread } from './messages.ts'

/** Where a consumer runs, seen from the caller's thread. */
export interface ConsumerHost {
  readonly thread: 'worker' | 'main'
  post(message: ToExportThread): void
  /** Handles the messages that have arrived, without the event loop. */
  drain(): void
  /** Whether the process stays alive for this consumer's answers. */
  hold(on: boolean): void
  /** Expects no more of it. */
  stop(): void
}

export interface WorkerOptions {
  /** Of the worker's file; undefined where it is not known. */
  readonly url: URL | undefined
  readonly env: NodeJS.ProcessEnv
  /** Levels that the worker writes to stderr itself; undefined: it sends every line here. */
  readonly stderrLevels: readonly string[] | undefined
  readonly onMessage: (message: FromExportThread) => void
  /** The worker has ended by itself, with what is known of why. */
  readonly onDeath: (reason: string) => void
}

/** Small: the worker's objects die young, and its batches lie outside of the heap. */
const YOUNG_GENERATION_MB = 1

/** Starts a worker as consumer. Throws where none may be started. */
export function startWorkerHost(data: ExportThreadData, options: WorkerOptions): ConsumerHost {
  const threads = process.getBuiltinModule('node:worker_threads')
  const url = existingFile(options.url)
  const { port1, port2 } = new threads.MessageChannel()
  const worker = new threads.Worker(url, {
    name: 'blueprint-tracing',
    workerData: { ...data, port: port2, stderrLevels: options.stderrLevels },
    transferList: [port2],
    env: options.env,
    // Preloads of the program, such as a TypeScript loader, are none of the worker's business.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  })
  watch(worker, port1, options)
  return {
    thread: 'worker',
    post: message => port1.postMessage(message),
    drain: () => {
      for (let next = threads.receiveMessageOnPort(port1); next; next = threads.receiveMessageOnPort(port1)) {
        options.onMessage(next.message)
      }
    },
    hold: on => (on ? worker.ref() : worker.unref()),
    stop: () => {
      worker.removeAllListeners('exit')
      void worker.terminate()
    },
  }
}

/** Looked for beforehand: a worker reports a missing file only on an event loop that the process may not live to see. */
function existingFile(url: URL | undefined): URL {
  if (url !== undefined && process.getBuiltinModule('node:fs').existsSync(url)) return url
  throw new Error(`${url?.pathname ?? 'its file'} does not exist; a bundler has to leave blueprint-tracing external`)
}

/** The worker must neither hold the process nor be able to bring it down. */
function watch(worker: Worker, port: MessagePort, options: WorkerOptions): void {
  let reason = 'it ended'
  port.on('message', options.onMessage)
  port.unref()
  worker.on('error', error => {
    reason = messageOf(error)
  })
  worker.on('exit', () => options.onDeath(reason))
  worker.unref()
}

/** Runs the consumer on this thread: its timer does not hold the process, so somebody has to flush before the end. */
export function startLocalHost(
  data: ExportThreadData,
  exporters: readonly Promise<Exporter>[],
  onMessage: (message: FromExportThread) => void,
): ConsumerHost {
  let holding: NodeJS.Timeout | undefined
  const consumer = new Consumer(data, exporters, { send: onMessage, drain: () => {}, close: () => {} })
  consumer.start(false)
  return {
    thread: 'main',
    post: message => {
      if ('kind' in message && message.kind === 'wake') setImmediate(() => consumer.receive(message))
      else consumer.receive(message)
    },
    drain: () => {},
    hold: on => {
      clearInterval(holding)
      holding = on ? setInterval(() => {}, 1000) : undefined
    },
    stop: () => consumer.stop(),
  }
}
