import { requestToJson } from '../otlp/json.ts'
import type { FileExporterConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'
import { AppendFile } from './append-file.ts'

/** Appends each batch to a file as one line of OTLP JSON (OTel spec, "OpenTelemetry Protocol File Exporter"). */
export function createFileExporter(config: FileExporterConfig): Exporter {
  const file = new AppendFile(config.path, config.maxBytes)
  return {
    name: 'file',
    export(batch) {
      const line = requestToJson(batch.request())
      try {
        file.append(line)
        return { outcome: 'acked' }
      } catch (error) {
        // A full disk or a missing permission may be put right while the program runs.
        return { outcome: 'retry', message: `cannot write ${config.path}: ${(error as Error).message}` }
      }
    },
    close: () => file.close(),
  }
}
