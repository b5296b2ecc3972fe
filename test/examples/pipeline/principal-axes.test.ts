import assert from 'node:assert/strict'
import { test } from 'node:test'
import { principalAxes, type Quaternion } from '../../../examples/pipeline/principal-axes.ts'
import { type Mat3, multiply, transpose } from '../../../examples/pipeline/vec3.ts'

const tensors: { tensor: Mat3; moments: number[] }[] = [
  {
    tensor: [
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 3],
    ],
    moments: [1, 2, 3],
  },
  {
    tensor: [
      [2, 0, 0],
      [0, 3, 4],
      [0, 4, 9],
    ],
    moments: [1, 2, 11],
  },
  {
    tensor: [
      [2, -1, 0],
      [-1, 2, -1],
      [0, -1, 2],
    ],
    moments: [2 - Math.SQRT2, 2, 2 + Math.SQRT2],
  },
  {
    tensor: [
      [5, 2, 2],
      [2, 5, 2],
      [2, 2, 5],
    ],
    moments: [3, 3, 9],
  },
  {
    tensor: [
      [3e-9, 1e-9, 0],
      [1e-9, 3e-9, 0],
      [0, 0, 1e-9],
    ],
    moments: [1e-9, 2e-9, 4e-9],
  },
  {
    tensor: [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
    moments: [0, 0, 0],
  },
]

for (const { tensor, moments } of tensors) {
  test(`${JSON.stringify(tensor)}: moments ${moments.map(moment => Number(moment.toPrecision(4)))}`, () => {
    const found = principalAxes(tensor)
    const size = Math.max(...moments)
    const sorted = found.moments.toSorted((a, b) => a - b)
    for (const [index, moment] of moments.entries()) assert.ok(Math.abs(sorted[index]! - moment) <= 1e-15 * 8 * size)
    assertSame(rebuild(found.moments, found.rotation), tensor, 1e-14 * size)
  })
}

test('a diagonal tensor needs no rotation', () => {
  assert.deepEqual(
    principalAxes([
      [3, 0, 0],
      [0, 1, 0],
      [0, 0, 2],
    ]),
    { moments: [3, 1, 2], rotation: [1, 0, 0, 0] },
  )
})

/** R · diagonal · Rᵀ, with R from the quaternion. */
function rebuild([a, b, c]: readonly [number, number, number], [w, x, y, z]: Quaternion): Mat3 {
  const rotation: Mat3 = [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ]
  return multiply(
    rotation,
    multiply(
      [
        [a, 0, 0],
        [0, b, 0],
        [0, 0, c],
      ],
      transpose(rotation),
    ),
  )
}

function assertSame(actual: Mat3, expected: Mat3, tolerance: number): void {
  for (const [index, value] of actual.flat().entries()) {
    assert.ok(Math.abs(value - expected.flat()[index]!) <= tolerance, `${actual} is not ${expected}`)
  }
}
