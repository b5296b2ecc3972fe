import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundsOf, createMesh, moveVertices, normalise } from '../../../examples/pipeline/mesh.ts'
import { box } from './shapes.ts'

test('normalise: longest side 1, centred over the origin, standing on y = 0', () => {
  const moved = moveVertices(box(2, 8, 4), ([x, y, z]) => [x + 100, y - 50, z])
  const { mesh, scale } = normalise(moved)
  assert.equal(scale, 1 / 8)
  assert.deepEqual(boundsOf(mesh), { min: [-0.125, 0, -0.25], max: [0.125, 1, 0.25] })
})

test('bounds of a mesh without vertices are empty', () => {
  assert.deepEqual(boundsOf(createMesh([], [])).min, [Infinity, Infinity, Infinity])
})
