import { initTracing } from 'blueprint-tracing'
import { tracerRounds } from './tracer-rounds.mjs'

export function create(url) {
  const tracing = initTracing({ exporters: { kind: 'otlp', url }, logger: false })
  return {
    rounds: tracerRounds(tracing.tracer),
    flush: () => tracing.flush({ timeoutMs: 60_000 }),
  }
}
