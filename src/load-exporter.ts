import type { ExporterConfig } from './types/config.ts'
import type { Exporter } from './types/exporter.ts'

export type LoadExporter = typeof loadExporter

/** On this thread exporters are loaded where there is no other. The parts that load-part.ts compiles cannot import anything themselves. */
export async function loadExporter(config: ExporterConfig): Promise<Exporter> {
  const { createExporter } = await import('./exporters/create.ts')
  return createExporter(config)
}
