import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropBadFaces, dropUnusedVertices } from '../../../examples/pipeline/clean.ts'
import { createMesh } from '../../../examples/pipeline/mesh.ts'

const POINTS = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
  [0.5, 0, 0],
]

const faces = [
  { second: [0, 0, 1], what: 'a face with a vertex twice', kept: 1, degenerate: 1, duplicate: 0 },
  { second: [0, 1, 0], what: 'a face that comes back to its first vertex', kept: 1, degenerate: 1, duplicate: 0 },
  { second: [0, 1, 2], what: 'the same face again', kept: 1, degenerate: 0, duplicate: 1 },
  { second: [1, 2, 0], what: 'the same face begun at another vertex', kept: 1, degenerate: 0, duplicate: 1 },
  { second: [0, 2, 1], what: 'the same face wound the other way', kept: 2, degenerate: 0, duplicate: 0 },
  { second: [0, 3, 1], what: 'a sliver of no area', kept: 2, degenerate: 0, duplicate: 0 },
]

for (const { second, what, kept, degenerate, duplicate } of faces) {
  test(`beside a good face, ${what}: ${kept} of 2 kept`, () => {
    const cleaned = dropBadFaces(createMesh(POINTS, [[0, 1, 2], second]))
    assert.equal(cleaned.mesh.faces.length, 3 * kept)
    assert.deepEqual({ degenerate: cleaned.degenerate, duplicate: cleaned.duplicate }, { degenerate, duplicate })
  })
}

test('unused vertices go, and the others keep their order', () => {
  const used = dropUnusedVertices(createMesh([[9, 9, 9], ...POINTS], [[4, 1, 3]]))
  assert.deepEqual(used, createMesh([POINTS[0]!, POINTS[2]!, POINTS[3]!], [[2, 0, 1]]))
})
