import type { ExporterConfig, OtlpExporterConfig } from '../types/config.ts'
import type { Exporter } from '../types/exporter.ts'

/** Loads and sets up the exporter that `config` asks for, and no other. An exporter object needs no loading. */
export function createExporter(config: ExporterConfig): Exporter | Promise<Exporter> {
  return config.kind === 'custom' ? config.exporter : loadExporter(config)
}

async function loadExporter(config: Exclude<ExporterConfig, { kind: 'custom' }>): Promise<Exporter> {
  switch (config.kind) {
    case 'otlp':
      return loadOtlp(config)
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

async function loadOtlp(config: OtlpExporterConfig): Promise<Exporter> {
  const create =
    config.protocol === 'grpc'
      ? (await import('./otlp-grpc.ts')).createOtlpGrpcExporter
      : (await import('./otlp.ts')).createOtlpExporter
  if (config.google === undefined) return create(config)
  return (await import('./otlp-google.ts')).createGoogleOtlpExporter(config, config.google, create)
}
