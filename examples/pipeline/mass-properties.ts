import { type Mesh, type Triangle, triangles } from './mesh.ts'
import { add, cross, dot, length, type Mat3, scale, subtract, type Vec3 } from './vec3.ts'

/** Of a solid of density 1, in the mesh's units. */
export interface MassProperties {
  readonly area: number
  /** Negative where the faces are wound inside out. */
  readonly volume: number
  readonly centerOfMass: Vec3
  /** About the centre of mass, along the mesh's axes. */
  readonly inertia: Mat3
  /** The point that the surface was closed towards: the figures of an open mesh depend on it, a closed mesh's do not. */
  readonly apex: Vec3
}

/**
 * By the divergence theorem: every face spans a tetrahedron with one common apex, and the signed tetrahedra add up
 * to the solid. The apex is the surface's centroid, which keeps the terms small and stands in for missing faces.
 * A mesh without volume has no centre of mass: its figures are NaN.
 */
export function massProperties(mesh: Mesh): MassProperties {
  const { area, centroid } = surface(mesh)
  const { volume, first, second } = momentsAbout(mesh, centroid)
  const offset = scale(first, 1 / volume)
  return {
    area,
    volume,
    centerOfMass: add(centroid, offset),
    inertia: inertiaOf(aboutCentre(second, volume, offset)),
    apex: centroid,
  }
}

/** Area, and centre of a shell of even thickness. */
function surface(mesh: Mesh): { area: number; centroid: Vec3 } {
  let area = 0
  let weighted: Vec3 = [0, 0, 0]
  for (const [a, b, c] of triangles(mesh)) {
    const faceArea = length(cross(subtract(b, a), subtract(c, a))) / 2
    area += faceArea
    weighted = add(weighted, scale(add(add(a, b), c), faceArea / 3))
  }
  return { area, centroid: scale(weighted, 1 / area) }
}

/** Integrals over the solid, relative to the apex. */
interface Moments {
  volume: number
  /** Of x, y, z. */
  first: Vec3
  /** Of xx, yy, zz, xy, yz, zx. */
  second: Float64Array
}

/** Row and column of each of the six second moments. */
const SECOND: readonly (readonly [0 | 1 | 2, 0 | 1 | 2])[] = [
  [0, 0],
  [1, 1],
  [2, 2],
  [0, 1],
  [1, 2],
  [2, 0],
]

function momentsAbout(mesh: Mesh, apex: Vec3): Moments {
  const moments: Moments = { volume: 0, first: [0, 0, 0], second: new Float64Array(6) }
  for (const [a, b, c] of triangles(mesh)) {
    addTetrahedron(moments, [subtract(a, apex), subtract(b, apex), subtract(c, apex)])
  }
  return moments
}

/** With s the sum of the corners, ∫1 = V, ∫x = V s / 4, ∫xy = V (s·x s·y + Σ corner·x corner·y) / 20. */
function addTetrahedron(moments: Moments, [a, b, c]: Triangle): void {
  const volume = dot(a, cross(b, c)) / 6
  const sum = add(add(a, b), c)
  moments.volume += volume
  moments.first = add(moments.first, scale(sum, volume / 4))
  for (const [slot, [i, j]] of SECOND.entries()) {
    moments.second[slot]! += (volume / 20) * (sum[i] * sum[j] + a[i] * a[j] + b[i] * b[j] + c[i] * c[j])
  }
}

/** Steiner's theorem: second moments about the centre of mass, which lies at `offset` from the apex. */
function aboutCentre(second: Float64Array, volume: number, offset: Vec3): Float64Array {
  return second.map((moment, slot) => {
    const [i, j] = SECOND[slot]!
    return moment - volume * offset[i] * offset[j]
  })
}

function inertiaOf(second: Float64Array): Mat3 {
  const [xx, yy, zz, xy, yz, zx] = [...second] as [number, number, number, number, number, number]
  return [
    [yy + zz, -xy, -zx],
    [-xy, zz + xx, -yz],
    [-zx, -yz, xx + yy],
  ]
}
