import type { MessagePort, Worker } from 'node:worker_threads'
import type { Exporter } from '../types/exporter.ts'
import type { CallerExporter } from './caller-exporter.ts'
import { hasModules } from './lane-config.ts'
import { loadLocalExport } from './load-local-export.ts'
import { messageOf } from './message-of.ts'
import {
  type ExportThreadData,
  type FromExportThread,
  isForObject,
  type ToCallersExporter,
  type ToExportThread,
} from './messages.ts'

/** Where a consumer runs, seen from the caller's thread. */
export interface ConsumerHost {
  readonly thread: 'worker' | 'main'
  post(message: ToExportThread): void
  /** Handles the messages that have arrived, without the event loop. */
  drain(): void
  /** Runs, without the event loop, the exporters of this thread on what the consumer has handed back, until `deadlineMs`. */
  serve(deadlineMs: number): void
  /** From now on the exporters of this thread get nothing more. */
  giveUpHandedBack(): void
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
  /** The exporters that are objects of this thread, by their place among all. */
  readonly objects: ReadonlyMap<number, Exporter>
  readonly onMessage: (message: ToPipeline) => void
  /** The worker has ended by itself, with what is known of why. */
  readonly onDeath: (reason: string) => void
}

/** What a consumer has to tell the pipeline. */
export type ToPipeline = Exclude<FromExportThread, ToCallersExporter>

/** Small: the worker's objects die young, and its batches lie outside of the heap. */
const YOUNG_GENERATION_MB = 1

/** Starts a worker as consumer. Throws where none may be started. */
export function startWorkerHost(data: ExportThreadData, options: WorkerOptions): ConsumerHost {
  const threads = process.getBuiltinModule('node:worker_threads')
  const url = existingFile(options.url)
  const { port1, port2 } = new threads.MessageChannel()
  // Node.js makes process.stdout for a thread that may write to it, and where that is a pipe loads node:net to do so, in 3 ms. What a
  // thread writes that nobody reads is kept, and NODE_DEBUG has it write without end.
  const hasOwnStreams = !hasModules(data.exporters) && !options.env.NODE_DEBUG
  const worker = new threads.Worker(url, {
    name: 'blueprint-tracing',
    workerData: { ...data, port: port2, stderrLevels: options.stderrLevels, hasOwnStreams },
    transferList: [port2],
    env: options.env,
    // Preloads of the program, such as a TypeScript loader, are none of the worker's business.
    execArgv: [],
    stdout: hasOwnStreams,
    stderr: hasOwnStreams,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  })
  const post = (message: ToExportThread): void => port1.postMessage(message)
  const handedBack = callerExporters(data, options.objects, post)
  const receive = (message: FromExportThread): void => {
    if (isForObject(message)) handedBack.get(message.exporter)?.receive(message)
    else options.onMessage(message)
  }
  const drain = (): void => {
    for (let next = threads.receiveMessageOnPort(port1); next; next = threads.receiveMessageOnPort(port1)) {
      receive(next.message)
    }
  }
  const giveUpHandedBack = (): void => {
    for (const exporter of handedBack.values()) exporter.giveUp()
  }
  // Unread, they would hold the process once anything had been written to them.
  if (hasOwnStreams) for (const stream of [worker.stdout, worker.stderr]) stream.destroy()
  watch(worker, port1, receive, options.onDeath)
  return {
    thread: 'worker',
    post,
    drain,
    serve: deadlineMs => {
      drain()
      for (const exporter of handedBack.values()) exporter.serve(deadlineMs)
    },
    giveUpHandedBack,
    hold: on => (on ? worker.ref() : worker.unref()),
    stop: () => {
      giveUpHandedBack()
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
function watch(
  worker: Worker,
  port: MessagePort,
  receive: (message: FromExportThread) => void,
  onDeath: (reason: string) => void,
): void {
  let reason = 'it ended'
  port.on('message', receive)
  port.unref()
  worker.on('error', error => {
    reason = messageOf(error)
  })
  worker.on('exit', () => onDeath(reason))
  worker.unref()
}

function callerExporters(
  data: ExportThreadData,
  objects: ReadonlyMap<number, Exporter>,
  post: (message: ToExportThread) => void,
): ReadonlyMap<number, CallerExporter> {
  return objects.size === 0 ? new Map() : loadLocalExport().createCallerExporters(data, objects, post)
}
