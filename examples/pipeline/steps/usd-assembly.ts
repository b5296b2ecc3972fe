import { readFileSync } from 'node:fs'
import { getTracer } from 'blueprint-tracing'
import { parseObj } from '../obj.ts'
import { principalAxes } from '../principal-axes.ts'
import type { Part, Scene } from '../scenes.ts'
import type { SimReady } from '../sim-ready.ts'
import { runStep } from '../step.ts'
import { type Body, formatUsda } from '../usda.ts'
import { objFile, simReadyFile, usdaFile, writeTraced } from '../work-files.ts'

const tracer = getTracer()

await runStep('usd-assembly-job', scene => {
  const bodies = scene.parts.map(part => tracer.span(`assemble ${part.name}`, () => assemble(scene, part)))
  const text = tracer.span('format USD', { attributes: { 'usd.bodies': bodies.length } }, () =>
    formatUsda(scene.id, bodies),
  )
  writeTraced('write USD', usdaFile(scene), text)
})

function assemble(scene: Scene, part: Part): Body {
  const solid = readSimReady(simReadyFile(scene, part))
  const { mass, centerOfMass, approximate } = solid
  const { name, position, heading } = part
  const path = objFile(scene, part)
  const mesh = tracer.span('read OBJ', { attributes: { 'file.path': path } }, () =>
    parseObj(readFileSync(path, 'utf8'), path),
  )
  const principal = tracer.span('find principal axes', () => principalAxes(solid.inertia))
  return { name, mesh, position, heading, mass, centerOfMass, principal, approximate }
}

function readSimReady(path: string): SimReady {
  return tracer.span('read JSON', { attributes: { 'file.path': path } }, () => JSON.parse(readFileSync(path, 'utf8')))
}
