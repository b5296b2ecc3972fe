import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMesh, faceCount, vertexAt, vertexCount } from '../../../examples/pipeline/mesh.ts'
import { length, subtract, type Vec3 } from '../../../examples/pipeline/vec3.ts'
import { weld } from '../../../examples/pipeline/weld.ts'

/** Welded vertices of a cloud without faces. */
const weldPoints = (points: readonly Vec3[], tolerance: number): Vec3[] => {
  const welded = weld(createMesh(points, []), tolerance)
  return Array.from({ length: vertexCount(welded) }, (_, index) => vertexAt(welded, index))
}

const along = (...xs: number[]): Vec3[] => xs.map(x => [x, 0, 0])

// Cells are twice the tolerance wide and counted from the lowest corner, which the first point sets.
const pairs = [
  { where: 'within one cell', points: along(0, 10.2, 11.1), left: 2 },
  { where: 'across a cell border', points: along(0, 3.6, 4.4), left: 2 },
  { where: 'on both sides of the lowest border', points: along(0, 1.99, 2.01), left: 2 },
  {
    where: 'across a border on every axis',
    points: [
      [0, 0, 0],
      [3.9, 3.9, 3.9],
      [4.1, 4.1, 4.1],
    ],
    left: 2,
  },
  {
    where: 'across a border, down one axis and up another',
    points: [
      [0, 0, 0],
      [3.9, 4.1, 4.1],
      [4.1, 3.9, 4.1],
    ],
    left: 2,
  },
  { where: 'exactly the tolerance apart', points: along(0, 3.5, 4.5), left: 2 },
  { where: 'a little more than the tolerance apart', points: along(0, 3.5, 4.501), left: 3 },
  {
    where: 'within the tolerance on each axis but not in space',
    points: [
      [0, 0, 0],
      [3, 3, 3],
      [3.7, 3.7, 3.7],
    ],
    left: 3,
  },
] satisfies { where: string; points: Vec3[]; left: number }[]

for (const { where, points, left } of pairs) {
  test(`tolerance 1, two points ${where}: ${left} of ${points.length} are left`, () => {
    assert.equal(weldPoints(points, 1).length, left)
  })
}

test('tolerance 0 merges equal vertices only', () => {
  assert.deepEqual(weldPoints(along(1, 1, 1 + Number.EPSILON), 0), along(1, 1 + Number.EPSILON))
})

test('a chain of close vertices does not collapse: none moves by more than the tolerance', () => {
  assert.deepEqual(weldPoints(along(0, 0.8, 1.6, 2.4, 3.2), 1), along(0, 1.6, 3.2))
})

test('a vertex joins the nearest of two that are in reach', () => {
  const mesh = createMesh(
    [...along(0, 1.5, 0.9), [0, 5, 0]],
    [
      [0, 1, 3],
      [2, 3, 0],
    ],
  )
  assert.deepEqual([...weld(mesh, 1).faces], [0, 1, 2, 1, 2, 0])
})

test('1,000 scattered points: the same ones are kept as by comparing all with all', () => {
  const points = scattered(1_000)
  const tolerance = 0.1
  const kept: Vec3[] = []
  for (const point of points) {
    if (!kept.some(other => length(subtract(other, point)) <= tolerance)) kept.push(point)
  }
  assert.ok(kept.length < 900, 'the cloud is dense enough to weld')
  assert.deepEqual(weldPoints(points, tolerance), kept)
})

test('no points at all', () => {
  assert.equal(faceCount(weld(createMesh([], []), 1)), 0)
})

/** A fixed low-discrepancy cloud in the unit cube around the origin. */
function scattered(count: number): Vec3[] {
  const coordinate = (index: number, step: number): number => ((index * step) % 1) - 0.5
  return Array.from({ length: count }, (_, index) => [
    coordinate(index, 0.8191725133961645),
    coordinate(index, 0.6710436067037893),
    coordinate(index, 0.5497004779019703),
  ])
}
