import { getTracer, type Span } from 'blueprint-tracing'
import { dropBadFaces, dropUnusedVertices } from '../clean.ts'
import { faceCount, type Mesh, normalise, vertexCount } from '../mesh.ts'
import { formatObj } from '../obj.ts'
import type { Part } from '../scenes.ts'
import { loadSource, sourceName } from '../source.ts'
import { runStep } from '../step.ts'
import { weld, weldTolerance } from '../weld.ts'
import { objFile, writeTraced } from '../work-files.ts'

const tracer = getTracer()

await runStep('regen3d-job', scene => {
  for (const part of scene.parts) {
    tracer.span(`regenerate ${part.name}`, () => {
      const clean = dropFaces(weldVertices(readSource(part)))
      writeTraced('write OBJ', objFile(scene, part), formatObj(normalised(clean)))
    })
  }
})

function readSource(part: Part): Mesh {
  return tracer.span('read source', { attributes: { 'mesh.source': sourceName(part.source) } }, span => {
    const mesh = loadSource(part.source)
    setCounts(span, mesh)
    return mesh
  })
}

function weldVertices(mesh: Mesh): Mesh {
  return tracer.span('weld vertices', span => {
    const tolerance = weldTolerance(mesh)
    const welded = weld(mesh, tolerance)
    span.setAttribute('weld.tolerance', tolerance)
    setCounts(span, welded)
    const merged = vertexCount(mesh) - vertexCount(welded)
    if (merged > 0) span.addEvent('vertices merged', { 'mesh.vertices': merged })
    return welded
  })
}

function dropFaces(mesh: Mesh): Mesh {
  return tracer.span('drop bad faces', span => {
    const cleaned = dropBadFaces(mesh)
    const result = dropUnusedVertices(cleaned.mesh)
    setCounts(span, result)
    const { degenerate, duplicate } = cleaned
    if (degenerate + duplicate > 0) span.addEvent('faces dropped', { degenerate, duplicate })
    if (faceCount(result) === 0) throw new Error('no face is left after cleaning')
    return result
  })
}

function normalised(mesh: Mesh): Mesh {
  return tracer.span('normalise', span => {
    const result = normalise(mesh)
    span.setAttribute('mesh.scale', result.scale)
    return result.mesh
  })
}

function setCounts(span: Span, mesh: Mesh): void {
  span.setAttributes({ 'mesh.vertices': vertexCount(mesh), 'mesh.faces': faceCount(mesh) })
}
