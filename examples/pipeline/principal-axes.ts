import { type Mat3, multiply, transpose, type Vec3 } from './vec3.ts'

export type Quaternion = readonly [w: number, x: number, y: number, z: number]

export interface PrincipalAxes {
  /** The tensor's eigenvalues: the moments about its principal axes. */
  readonly moments: Vec3
  /** The rotation that turns x, y and z into those axes, in the order of `moments`. */
  readonly rotation: Quaternion
}

/** Convergence is quadratic: a 3 × 3 tensor settles to the last bit in five or six. */
const SWEEPS = 8

const PLANES = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const

/** Eigen-decomposition of a symmetric tensor by Jacobi's method: plane rotations that each clear one pair of entries. */
export function principalAxes(tensor: Mat3): PrincipalAxes {
  let diagonal = tensor
  let axes: Mat3 = rotationInPlane(0, 1, 0)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [p, q] of PLANES) {
      const rotation = rotationInPlane(p, q, clearingTangent(diagonal, p, q))
      diagonal = multiply(transpose(rotation), multiply(diagonal, rotation))
      axes = multiply(axes, rotation)
    }
  }
  return { moments: [diagonal[0][0], diagonal[1][1], diagonal[2][2]], rotation: quaternionOf(axes) }
}

/** Tangent of the smaller of the two angles that make entry (p, q) zero. */
function clearingTangent(tensor: Mat3, p: 0 | 1, q: 1 | 2): number {
  const entry = tensor[p][q]
  if (entry === 0) return 0
  const cotangent = (tensor[q][q] - tensor[p][p]) / entry
  return (cotangent < 0 ? -2 : 2) / (Math.abs(cotangent) + Math.hypot(cotangent, 2))
}

function rotationInPlane(p: 0 | 1, q: 1 | 2, tangent: number): Mat3 {
  const cosine = 1 / Math.hypot(tangent, 1)
  const entry = (row: number, column: number): number => {
    if (row === p && column === q) return tangent * cosine
    if (row === q && column === p) return -tangent * cosine
    if (row !== column) return 0
    return row === p || row === q ? cosine : 1
  }
  const row = (index: number): Vec3 => [entry(index, 0), entry(index, 1), entry(index, 2)]
  return [row(0), row(1), row(2)]
}

/** Of a rotation matrix. Begins with the largest component, so that no small number is divided by. */
function quaternionOf([[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]]: Mat3): Quaternion {
  // Each row is the quaternion times four times one of its components.
  const multiples: Quaternion[] = [
    [1 + xx + yy + zz, zy - yz, xz - zx, yx - xy],
    [zy - yz, 1 + xx - yy - zz, yx + xy, xz + zx],
    [xz - zx, yx + xy, 1 - xx + yy - zz, zy + yz],
    [yx - xy, xz + zx, zy + yz, 1 - xx - yy + zz],
  ]
  const [w, x, y, z] = multiples.reduce((best, next) => (norm(next) > norm(best) ? next : best))
  const size = norm([w, x, y, z])
  return [w / size, x / size, y / size, z / size]
}

function norm(quaternion: Quaternion): number {
  return Math.hypot(...quaternion)
}
