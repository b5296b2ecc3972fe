import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { closedPort, listen, startHttpServer } from '../support/http-server.ts'
import { meetTrouble } from '../support/trouble.ts'

const REFUSED = 'http://127.0.0.1:PORT/v1/traces: connection refused; is the collector running, and on this port?'
const OVERLOADED = 'http://127.0.0.1:PORT/v1/traces: HTTP 503: the server is not available at the moment'
const RECOVERED = 'otlp: delivering again'

test(`P9: a collector that comes up late: ${REFUSED} – ${RECOVERED}`, async t => {
  const port = await closedPort()
  let comesUp: Promise<unknown> | undefined
  const { lines, stats } = await meetTrouble({
    endpoint: `http://127.0.0.1:${port}`,
    until: 'the end of all',
    onStderr: () => {
      comesUp ??= listen(
        t,
        createServer((request, response) => void request.resume().on('end', () => response.end())),
        port,
      )
    },
  })
  await comesUp
  assert.deepEqual(lines, [`otlp: ${REFUSED} Spans are kept and tried again`, RECOVERED])
  assert.equal(stats.exporters.otlp?.acked, 1)
})

test(`P9: a collector that is overloaded now and then: ${OVERLOADED} – ${RECOVERED}`, async t => {
  let requests = 0
  const { origin } = await startHttpServer(t, (_, response) => response.writeHead(requests++ % 3 < 2 ? 503 : 200).end())
  const { lines, stats } = await meetTrouble({
    endpoint: origin,
    until: 'the end of all',
    spans: 50,
    // A request for every few spans, so that each outage is followed by another one.
    options: { maxBatchBytes: 1_024 },
  })
  assert.ok(requests > 9, `${requests} requests`)
  assert.deepEqual(lines, [`otlp: ${OVERLOADED}; spans are kept and tried again`, RECOVERED])
  assert.equal(stats.exporters.otlp?.acked, 50)
})
