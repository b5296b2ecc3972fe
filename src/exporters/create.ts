import type { ExporterConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'

/** Loads and sets up the exporter that `config` asks for, and no other. An exporter object needs no loading. */
export function createExporter(config: ExporterConfig): Exporter | Promise<Exporter> {
  return config.kind === 'custom' ? config.exporter : loadExporter(config)
}

async function loadExporter(config: Exclude<ExporterConfig, { kind: 'custom' }>): Promise<Exporter> {
  switch (config.kind) {
    case 'otlp':
      if (config.protocol === 'grpc') return (await import('./otlp-grpc.ts')).createOtlpGrpcExporter(config)
      return (await import('./otlp.ts')).createOtlpExporter(config)
    case 'jaeger':
      return (await import('./jaeger.ts')).createJaegerExporter(config)
    case 'gcp_trace':
      return (await import('./cloud-trace.ts')).createCloudTraceExporter(config)
    case 'zipkin':
      return (await import('./zipkin.ts')).createZipkinExporter(config)
    case 'console':
      return (await import('./console.ts')).createConsoleExporter(config)
    case 'file':
      return (await import('./file.ts')).createFileExporter(config)
    case 'module':
      return (await import('./module.ts')).createModuleExporter(config)
  }
}
