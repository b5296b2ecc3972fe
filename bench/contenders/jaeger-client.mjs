import { createRequire } from 'node:module'
import jaeger from 'jaeger-client'
import { NAMES, nothing, tag, tagTen } from './span-shape.mjs'

const { default: HTTPSender } = createRequire(import.meta.url)('jaeger-client/dist/src/reporters/http_sender.js')

/** By HTTP: datagrams of 64 KiB, sent as fast as a round gives them, are lost in the kernel. It has no current span, so no active rounds. */
export function create(url) {
  const sender = new HTTPSender({ endpoint: `${url}/api/traces` })
  const reporter = new jaeger.RemoteReporter(sender)
  const tracer = new jaeger.Tracer('bench', reporter, new jaeger.ConstSampler(true))
  return {
    rounds: {
      'plain-0': plain(tracer, nothing),
      plain: plain(tracer, tag),
      'plain-10': plain(tracer, tagTen),
      child(spans) {
        const childOf = tracer.startSpan('job')
        plain(tracer, tag, { childOf })(spans - 1)
        childOf.finish()
      },
    },
    flush: () => new Promise(resolve => reporter.flush(resolve)),
  }
}

function plain(tracer, attributes, options) {
  return spans => {
    for (let i = 0; i < spans; i++) {
      const span = tracer.startSpan(NAMES[i & 7], options)
      attributes(span, i)
      span.finish()
    }
  }
}
