import { type MessagePort, workerData } from 'node:worker_threads'
import type { MonitoringThreadData, Push, PushResult } from './metrics/monitoring-messages.ts'
import { MonitoringWriter } from './metrics/monitoring-writer.ts'

/** The entry of the thread that sends metrics, which goes on while the caller's thread is blocked or ends the process. */
const { port, config, taskId, settled } = workerData as MonitoringThreadData<MessagePort>
const writer = new MonitoringWriter(config, taskId)
let underWay = new AbortController()

port.on('message', async ({ number, endMs, series }: Push) => {
  underWay.abort()
  underWay = new AbortController()
  const { signal } = underWay
  const trouble = await writer.write(series, endMs, signal)
  if (!signal.aborted) port.postMessage({ trouble } satisfies PushResult)
  if (number > settled[0]!) Atomics.store(settled, 0, number)
  Atomics.notify(settled, 0)
})
