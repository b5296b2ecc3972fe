import { open } from 'node:fs/promises'

const COLUMNS = ['trace', 'span', 'parent', 'name', 'start_ms', 'duration_ms', 'error']

/**
 * Appends a line for every span to the file `options.path`, for a spreadsheet or a database's import. It runs in the export
 * thread, so it may take its time, and the pipeline waits for it at every end of the process.
 * @type {import('blueprint-tracing').ExporterFactory}
 */
export default async function createCsvExporter(options) {
  const file = await open(options.path, 'a')
  if ((await file.stat()).size === 0) await file.write(`${COLUMNS.join()}\n`)
  return {
    name: 'csv',
    async export(batch) {
      try {
        await file.appendFile(Array.from(batch.spans(), lineOf).join(''))
        return { outcome: 'acked' }
      } catch (error) {
        // A full disk may have room again later: the pipeline keeps the spans and decides when to try again.
        return { outcome: 'retry', message: `cannot write ${options.path}: ${error.message}` }
      }
    },
    close: () => file.close(),
  }
}

function lineOf({ traceId, spanId, parentSpanId = '', name, startTimeUnixNano, endTimeUnixNano, status }) {
  const startMs = startTimeUnixNano / 1_000_000n
  const durationMs = Number(endTimeUnixNano - startTimeUnixNano) / 1e6
  const error = status.code === 2 ? status.message || 'error' : ''
  return `${[traceId, spanId, parentSpanId, quoted(name), startMs, durationMs, quoted(error)].join()}\n`
}

/** RFC 4180: a field with commas, quotes or line breaks stands in quotes, and quotes in it are doubled. */
function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
