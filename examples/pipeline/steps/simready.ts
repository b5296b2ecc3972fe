import { readFileSync } from 'node:fs'
import { getTracer } from 'blueprint-tracing'
import { faceCount, type Mesh, vertexCount } from '../mesh.ts'
import { parseObj } from '../obj.ts'
import { describeSolid, type SimReady } from '../sim-ready.ts'
import { runStep } from '../step.ts'
import { type Topology, topologyOf } from '../topology.ts'
import { objFile, simReadyFile, writeTraced } from '../work-files.ts'

const tracer = getTracer()

await runStep('simready-job', scene => {
  for (const part of scene.parts) {
    tracer.span(`prepare ${part.name}`, () => {
      const mesh = readMesh(objFile(scene, part))
      const solid = describe(mesh, inspect(mesh), part.density)
      writeTraced('write JSON', simReadyFile(scene, part), `${JSON.stringify(solid, undefined, 2)}\n`)
    })
  }
})

function readMesh(path: string): Mesh {
  return tracer.span('read OBJ', { attributes: { 'file.path': path } }, span => {
    const mesh = parseObj(readFileSync(path, 'utf8'), path)
    span.setAttributes({ 'mesh.vertices': vertexCount(mesh), 'mesh.faces': faceCount(mesh) })
    return mesh
  })
}

function inspect(mesh: Mesh): Topology {
  return tracer.span('inspect topology', span => {
    const topology = topologyOf(mesh)
    span.setAttributes({
      'mesh.edges': topology.edges,
      'mesh.boundary_edges': topology.boundaryEdges,
      'mesh.non_manifold_edges': topology.nonManifoldEdges,
      'mesh.inconsistent_edges': topology.inconsistentEdges,
      'mesh.watertight': topology.watertight,
    })
    return topology
  })
}

function describe(mesh: Mesh, topology: Topology, density: number): SimReady {
  return tracer.span('compute mass properties', { attributes: { 'solid.density': density } }, span => {
    const solid = describeSolid(mesh, topology, density)
    span.setAttributes({ 'solid.volume': solid.volume, 'solid.area': solid.area, 'solid.mass': solid.mass })
    if (solid.approximate !== undefined) span.addEvent('result is approximate', { reason: solid.approximate })
    return solid
  })
}
