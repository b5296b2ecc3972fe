// Traces a job with two steps, one of which fails, into the CSV file argv[2] and exits without waiting for anything.
import { getTracer, initTracing, traceJob } from 'blueprint-tracing'

initTracing({
  exporters: {
    kind: 'module',
    url: new URL('csv-exporter.mjs', import.meta.url),
    options: { path: process.argv[2] ?? 'spans.csv' },
  },
})

await traceJob('regen3d-job', { sceneId: 'scene_bunny' }, async () => {
  await getTracer().span('load mesh', async () => 35_947)
  try {
    getTracer().span('weld vertices, "strict"', () => {
      throw new RangeError('vertex 7 is not finite')
    })
  } catch {
    // The span has recorded it.
  }
})
process.exit(0)
