// Ends argv[2] spans in one synchronous loop as the first thing after tracing is set up.
import { getTracer } from 'blueprint-tracing'
import { startTracing } from './common.mjs'

startTracing()
const count = Number(process.argv[2])
const tracer = getTracer()
for (let item = 0; item < count; item++) {
  const span = tracer.startSpan('weld vertices')
  span.setAttribute('item', item)
  span.setAttribute('scene.id', `scene_${item % 100}`)
  span.setAttribute('pipeline.step', 'regen3d')
  span.setAttribute('mesh.source', 'a scanned surface with a few open edges, cleaned and welded')
  span.setAttribute('mesh.closed', item % 2 === 0)
  span.end()
}
