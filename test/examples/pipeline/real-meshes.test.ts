import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropBadFaces, dropUnusedVertices } from '../../../examples/pipeline/clean.ts'
import { massProperties } from '../../../examples/pipeline/mass-properties.ts'
import { boundsOf, faceCount, type Mesh, normalise, vertexCount } from '../../../examples/pipeline/mesh.ts'
import { describeSolid } from '../../../examples/pipeline/sim-ready.ts'
import { loadSource } from '../../../examples/pipeline/source.ts'
import { topologyOf } from '../../../examples/pipeline/topology.ts'
import { weld, weldTolerance } from '../../../examples/pipeline/weld.ts'

const clean = (mesh: Mesh): Mesh => dropUnusedVertices(dropBadFaces(weld(mesh, weldTolerance(mesh))).mesh)
const CLOSED = { boundaryEdges: 0, nonManifoldEdges: 0, inconsistentEdges: 0, watertight: true }

const meshes = [
  { name: 'bunny', vertices: 1_839, faces: 3_674, topology: { ...CLOSED, edges: 5_511 } },
  {
    name: 'teapot',
    vertices: 529,
    faces: 992,
    topology: { ...CLOSED, edges: 1_520, boundaryEdges: 64, watertight: false },
  },
] as const

for (const { name, vertices, faces, topology } of meshes) {
  const source = loadSource({ package: name })

  test(`${name}: ${vertices} vertices, ${faces} faces and ${topology.boundaryEdges} boundary edges after cleaning`, () => {
    const mesh = clean(source)
    assert.deepEqual({ vertices: vertexCount(mesh), faces: faceCount(mesh) }, { vertices, faces })
    assert.deepEqual(topologyOf(mesh), topology)
  })

  for (const factor of [0.01, 100, 1_000]) {
    test(`${name}: cleaning does not hang on the tolerance, ${factor} times as much gives the same mesh`, () => {
      assert.deepEqual(weld(source, factor * weldTolerance(source)), weld(source, weldTolerance(source)))
    })
  }

  test(`${name}: normalising turns volumes by the cube of the scale, inertia by its fifth power`, () => {
    const { mesh, scale } = normalise(clean(source))
    const before = massProperties(source)
    const after = massProperties(mesh)
    assertRatio(after.volume / before.volume, scale ** 3)
    assertRatio(after.area / before.area, scale ** 2)
    assertRatio(after.inertia[0][0] / before.inertia[0][0], scale ** 5)
  })
}

test('the bunny is closed: its figures are exact, and its centre of mass lies inside its box', () => {
  const { mesh } = normalise(clean(loadSource({ package: 'bunny' })))
  const solid = describeSolid(mesh, topologyOf(mesh), 1_900)
  assert.equal(solid.approximate, undefined)
  assert.equal(solid.mass, 1_900 * solid.volume)
  const { min, max } = boundsOf(mesh)
  for (const [axis, value] of solid.centerOfMass.entries()) assert.ok(min[axis]! < value && value < max[axis]!)
})

test('the teapot is open: its figures say so', () => {
  const { mesh } = normalise(clean(loadSource({ package: 'teapot' })))
  assert.equal(describeSolid(mesh, topologyOf(mesh), 2_400).approximate, '64 boundary edges')
})

test('a flat mesh is no solid', () => {
  const { positions, faces } = loadSource({ package: 'bunny' })
  const flat = { positions: positions.map((value, index) => (index % 3 === 1 ? 0 : value)), faces }
  assert.throws(() => describeSolid(flat, topologyOf(flat), 1), /^Error: a volume of .* m³: the faces are inside out/)
})

function assertRatio(actual: number, expected: number): void {
  assert.ok(Math.abs(actual / expected - 1) < 1e-9, `${actual}, expected ${expected}`)
}
