import { createMesh, type Mesh } from '../../../examples/pipeline/mesh.ts'

/** A box from the origin, its faces wound outward. */
export function box(x: number, y: number, z: number): Mesh {
  const vertices = [0, 1, 2, 3, 4, 5, 6, 7].map(bits => [bits & 1 ? x : 0, bits & 2 ? y : 0, bits & 4 ? z : 0])
  const quads = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ] as const
  return createMesh(
    vertices,
    quads.flatMap(([a, b, c, d]) => [
      [a, b, c],
      [a, c, d],
    ]),
  )
}

/** Corners at the origin and at 1 on each axis. */
export function unitTetrahedron(): Mesh {
  const vertices = [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]
  const faces = [
    [0, 2, 1],
    [0, 1, 3],
    [0, 3, 2],
    [1, 2, 3],
  ]
  return createMesh(vertices, faces)
}

/** A unit sphere of `rings` × 2 `rings` quads, each two triangles, that inscribes the true one. */
export function sphere(rings: number): Mesh {
  const segments = 2 * rings
  const at = (ring: number, segment: number): number => 2 + (ring - 1) * segments + (segment % segments)
  const vertices = [
    [0, 1, 0],
    [0, -1, 0],
  ]
  const faces: number[][] = []
  for (let ring = 1; ring < rings; ring++) {
    const polar = (Math.PI * ring) / rings
    for (let segment = 0; segment < segments; segment++) {
      const azimuth = (2 * Math.PI * segment) / segments
      vertices.push([Math.sin(polar) * Math.cos(azimuth), Math.cos(polar), -Math.sin(polar) * Math.sin(azimuth)])
      if (ring === 1) faces.push([0, at(1, segment), at(1, segment + 1)])
      else {
        faces.push([at(ring - 1, segment), at(ring, segment), at(ring, segment + 1)])
        faces.push([at(ring - 1, segment), at(ring, segment + 1), at(ring - 1, segment + 1)])
      }
      if (ring === rings - 1) faces.push([1, at(ring, segment + 1), at(ring, segment)])
    }
  }
  return createMesh(vertices, faces)
}
