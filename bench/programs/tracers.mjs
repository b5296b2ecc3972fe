/**
 * Our own tracer, OpenTelemetry's, or none: a tracer, and what waits until everything is delivered. Where a span of ours is
 * lost the ledger knows it and `flush` rejects; for the rivals the sink counts.
 */
export const tracers = {
  blueprint: (url, options) => blueprint({ exporters: { kind: 'otlp', url }, ...options }),

  async opentelemetry(url) {
    const { create } = await import('../contenders/opentelemetry.mjs')
    const { flush } = create(url)
    const { trace } = await import('@opentelemetry/api')
    return { tracer: trace.getTracer('bench'), flush }
  },

  none: async () => ({ tracer: NO_TRACER, flush: async () => {} }),
}

export async function blueprint(options) {
  const { initTracing } = await import('blueprint-tracing')
  const tracing = initTracing({ logger: false, ...options })
  return {
    tracer: tracing.tracer,
    tracing,
    async flush() {
      await tracing.flush({ timeoutMs: 60_000 })
      assertDelivered(tracing.stats())
    },
  }
}

function assertDelivered(stats) {
  const { started, open, unsampled, ended, exporters } = stats
  const isWhole = open === 0 && unsampled + ended === started
  const isDelivered = Object.values(exporters).every(({ acked, sent }) => acked + sent === ended)
  if (!isWhole || !isDelivered) throw new Error(`invalid: spans are missing: ${JSON.stringify(stats)}`)
}

const NO_SPAN = { setAttribute: () => NO_SPAN, end() {} }
const NO_TRACER = { startSpan: () => NO_SPAN, startActiveSpan: (_name, fn) => fn(NO_SPAN) }
