import { createOpenTelemetry } from './opentelemetry.mjs'

/** Its queue takes 2,048 spans and drops what comes on top, so it is measured in bursts that it can hold. */
export const SPANS_PER_BURST = 2_000

export function create(url) {
  return createOpenTelemetry({ url }, {})
}
