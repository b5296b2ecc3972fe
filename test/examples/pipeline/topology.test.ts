import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMesh, type Mesh } from '../../../examples/pipeline/mesh.ts'
import { type Topology, topologyOf } from '../../../examples/pipeline/topology.ts'
import { sphere, unitTetrahedron } from './shapes.ts'

const POINTS = [0, 1, 2, 3, 4].map(index => [index, index ** 2, index ** 3])
const CLOSED = { boundaryEdges: 0, nonManifoldEdges: 0, inconsistentEdges: 0, watertight: true }

const tetrahedron = unitTetrahedron()
const surfaces: { surface: string; mesh: Mesh; expected: Topology }[] = [
  { surface: 'a tetrahedron', mesh: tetrahedron, expected: { edges: 6, ...CLOSED } },
  { surface: 'a sphere', mesh: sphere(4), expected: { edges: 72, ...CLOSED } },
  {
    surface: 'a tetrahedron without one face',
    mesh: { ...tetrahedron, faces: tetrahedron.faces.slice(3) },
    expected: { ...CLOSED, edges: 6, boundaryEdges: 3, watertight: false },
  },
  {
    surface: 'a tetrahedron with one face inside out',
    mesh: {
      ...tetrahedron,
      faces: Uint32Array.from([...tetrahedron.faces.slice(0, 3).reverse(), ...tetrahedron.faces.slice(3)]),
    },
    expected: { ...CLOSED, edges: 6, inconsistentEdges: 3, watertight: false },
  },
  {
    surface: 'three faces on one edge',
    mesh: createMesh(POINTS, [
      [0, 1, 2],
      [1, 0, 3],
      [0, 1, 4],
    ]),
    expected: { edges: 7, boundaryEdges: 6, nonManifoldEdges: 1, inconsistentEdges: 0, watertight: false },
  },
  { surface: 'nothing', mesh: createMesh([], []), expected: { ...CLOSED, edges: 0, watertight: false } },
]

for (const { surface, mesh, expected } of surfaces) {
  test(`${surface}: ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(topologyOf(mesh), expected)
  })
}
