import type { Exporter, ExportResult, SpanBatch, SpanView } from '../types/exporter.ts'

/** Keeps decoded spans, for tests: `exporters: { kind: 'custom', exporter: new MemoryExporter() }`. */
export class MemoryExporter implements Exporter {
  readonly name: string = 'memory'
  private kept: SpanView[] = []

  get spans(): readonly SpanView[] {
    return this.kept
  }

  export(batch: SpanBatch): ExportResult {
    for (const span of batch.spans()) this.kept.push(span)
    return { outcome: 'acked' }
  }

  reset(): void {
    this.kept = []
  }
}
