import * as Sentry from '@sentry/node'
import { tracerRounds } from './tracer-rounds.mjs'

export function create(url) {
  const { origin, host } = new URL(url)
  Sentry.init({
    dsn: `${origin.replace(host, `key@${host}`)}/sentry/1`,
    tracesSampleRate: 1,
    defaultIntegrations: false,
  })
  return {
    rounds: tracerRounds({
      startSpan: name => Sentry.startInactiveSpan({ name }),
      startActiveSpan: (name, run) => Sentry.startSpanManual({ name }, run),
    }),
    flush: () => Sentry.flush(60_000),
  }
}
