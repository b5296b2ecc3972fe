import assert from 'node:assert/strict'
import { test } from 'node:test'
import { massProperties } from '../../../examples/pipeline/mass-properties.ts'
import { type Mesh, moveVertices, triangles } from '../../../examples/pipeline/mesh.ts'
import { loadSource } from '../../../examples/pipeline/source.ts'
import {
  add,
  dot,
  length,
  type Mat3,
  multiply,
  subtract,
  transpose,
  type Vec3,
} from '../../../examples/pipeline/vec3.ts'
import { box, sphere, unitTetrahedron } from './shapes.ts'

const diagonal = (x: number, y: number, z: number): Mat3 => [
  [x, 0, 0],
  [0, y, 0],
  [0, 0, z],
]

/** A rotation that mixes all three axes. */
const TURN: Mat3 = [
  [0.36, 0.48, -0.8],
  [-0.8, 0.6, 0],
  [0.48, 0.64, 0.6],
]
const FAR: Vec3 = [40, -70, 25]

const place = (mesh: Mesh): Mesh => moveVertices(mesh, vertex => add(turned(vertex), FAR))
const turned = (vertex: Vec3): Vec3 => [dot(TURN[0], vertex), dot(TURN[1], vertex), dot(TURN[2], vertex)]

function assertClose(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected} ± ${tolerance}`)
}

function assertTensorClose(actual: Mat3, expected: Mat3, tolerance: number): void {
  for (const row of [0, 1, 2] as const) {
    for (const column of [0, 1, 2] as const) {
      assertClose(actual[row][column], expected[row][column], tolerance, `inertia[${row}][${column}]`)
    }
  }
}

const root3 = Math.sqrt(3)
const solids = [
  {
    solid: 'unit cube',
    mesh: box(1, 1, 1),
    volume: 1,
    area: 6,
    centre: [0.5, 0.5, 0.5],
    inertia: diagonal(1 / 6, 1 / 6, 1 / 6),
  },
  {
    solid: 'box of 2 × 3 × 5',
    mesh: box(2, 3, 5),
    volume: 30,
    area: 62,
    centre: [1, 1.5, 2.5],
    inertia: diagonal(30 * (34 / 12), 30 * (29 / 12), 30 * (13 / 12)),
  },
  {
    solid: 'unit tetrahedron',
    mesh: unitTetrahedron(),
    volume: 1 / 6,
    area: 1.5 + root3 / 2,
    centre: [0.25, 0.25, 0.25],
    inertia: [
      [1 / 80, 1 / 480, 1 / 480],
      [1 / 480, 1 / 80, 1 / 480],
      [1 / 480, 1 / 480, 1 / 80],
    ],
  },
] as const

for (const { solid, mesh, volume, area, centre, inertia } of solids) {
  test(`${solid}: closed forms of volume, area, centre of mass and inertia`, () => {
    const found = massProperties(mesh)
    assertClose(found.volume, volume, 1e-13 * volume, 'volume')
    assertClose(found.area, area, 1e-13 * area, 'area')
    assertClose(length(subtract(found.centerOfMass, centre)), 0, 1e-13, 'distance to the centre of mass')
    assertTensorClose(found.inertia, inertia, 1e-12)
  })

  test(`${solid}, turned and moved far off: its tensor turns with it and does not feel the move`, () => {
    const found = massProperties(place(mesh))
    assertClose(found.volume, volume, 1e-11 * volume, 'volume')
    const expectedCentre = add(turned(centre), FAR)
    assertClose(length(subtract(found.centerOfMass, expectedCentre)), 0, 1e-11, 'distance to the centre of mass')
    assertTensorClose(found.inertia, multiply(TURN, multiply(inertia, transpose(TURN))), 1e-10)
  })
}

test('a sphere: figures come closer to the closed forms as its mesh is refined, four times for twice the rings', () => {
  const trueVolume = (4 / 3) * Math.PI
  const errorAt = (rings: number): { volume: number; area: number; inertia: number } => {
    const found = massProperties(sphere(rings))
    assertClose(length(found.centerOfMass), 0, 1e-12, 'distance to the centre of mass')
    return {
      volume: trueVolume - found.volume,
      area: 4 * Math.PI - found.area,
      inertia: (2 / 5) * trueVolume - found.inertia[1][1],
    }
  }
  const coarse = errorAt(16)
  const fine = errorAt(32)
  for (const figure of ['volume', 'area', 'inertia'] as const) {
    assert.ok(fine[figure] > 0, `an inscribed mesh has less ${figure}`)
    assertClose(coarse[figure] / fine[figure], 4, 0.1, `ratio of the errors in ${figure}`)
  }
})

test('faces wound inside out: the volume is negative', () => {
  const mesh = box(1, 1, 1)
  assertClose(massProperties({ ...mesh, faces: mesh.faces.toReversed() }).volume, -1, 1e-13, 'volume')
})

test('the bunny: its volume equals the sum of prisms under its faces', () => {
  const mesh = loadSource({ package: 'bunny' })
  assertClose(massProperties(mesh).volume, volumeByPrisms(mesh), 1e-10, 'volume')
})

test('an open mesh: the apex is its surface centroid and closes the hole', () => {
  const cube = box(1, 1, 1)
  const open = { ...cube, faces: cube.faces.slice(6) }
  const found = massProperties(open)
  assert.deepEqual(
    found.apex.map(value => Number(value.toFixed(12))),
    [0.5, 0.5, 0.6],
  )
  assertClose(found.volume, 1 - 0.6 / 3, 1e-12, 'volume without the pyramid over the missing face')
})

/** Signed volume between each face and the plane z = 0: the projected area times the mean height. */
function volumeByPrisms(mesh: Mesh): number {
  let volume = 0
  for (const [a, b, c] of triangles(mesh)) {
    const projected = ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
    volume += (projected * (a[2] + b[2] + c[2])) / 3
  }
  return volume
}
