import type { ExporterConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'

/** Loads and sets up the exporter that `config` asks for, and no other. */
export async function createExporter(config: ExporterConfig): Promise<Exporter> {
  switch (config.kind) {
    case 'otlp':
      return (await import('./otlp.ts')).createOtlpExporter(config)
    case 'console':
      return (await import('./console.ts')).createConsoleExporter(config)
    case 'file':
      return (await import('./file.ts')).createFileExporter(config)
    case 'custom':
      return config.exporter
  }
}
