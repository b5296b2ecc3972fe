import type { SpanBatch } from '../types/exporter.ts'

/** The scope for backends that have no place for it (OTel spec, "Mapping to non-OTLP formats"). */
export function scopeAttributes({ name, version }: SpanBatch['scope']): Readonly<Record<string, string>> {
  return {
    'otel.scope.name': name,
    'otel.scope.version': version,
    // The names that these had before, which the specification asks for as well.
    'otel.library.name': name,
    'otel.library.version': version,
  }
}
