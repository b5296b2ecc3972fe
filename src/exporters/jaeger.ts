import type { JaegerExporterConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'

/** Sends spans to Jaeger in Thrift, over UDP or HTTP; what the other of the two needs is not loaded. */
export async function createJaegerExporter(config: JaegerExporterConfig): Promise<Exporter> {
  if (config.transport === 'http/thrift.binary')
    return (await import('./jaeger-http.ts')).createJaegerHttpExporter(config)
  return (await import('./jaeger-udp.ts')).createJaegerUdpExporter(config)
}
