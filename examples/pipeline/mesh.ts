import { add, scale, subtract, type Vec3 } from './vec3.ts'

/** Triangles over a shared list of vertices. */
export interface Mesh {
  /** x, y and z of every vertex, end to end. */
  readonly positions: Float64Array
  /** Three vertex numbers a face, counter-clockwise seen from outside. */
  readonly faces: Uint32Array
}

export type Triangle = readonly [Vec3, Vec3, Vec3]

/** The vertex numbers of a face. */
export type Corners = readonly [number, number, number]

export interface Bounds {
  readonly min: Vec3
  readonly max: Vec3
}

export function createMesh(vertices: Iterable<readonly number[]>, faces: Iterable<readonly number[]>): Mesh {
  return { positions: Float64Array.from([...vertices].flat()), faces: Uint32Array.from([...faces].flat()) }
}

export function vertexCount(mesh: Mesh): number {
  return mesh.positions.length / 3
}

export function faceCount(mesh: Mesh): number {
  return mesh.faces.length / 3
}

export function vertexAt(mesh: Mesh, index: number): Vec3 {
  const at = 3 * index
  return [mesh.positions[at]!, mesh.positions[at + 1]!, mesh.positions[at + 2]!]
}

export function cornersAt(mesh: Mesh, face: number): Corners {
  const at = 3 * face
  return [mesh.faces[at]!, mesh.faces[at + 1]!, mesh.faces[at + 2]!]
}

export function* triangles(mesh: Mesh): Generator<Triangle> {
  for (let face = 0; face < faceCount(mesh); face++) {
    const [a, b, c] = cornersAt(mesh, face)
    yield [vertexAt(mesh, a), vertexAt(mesh, b), vertexAt(mesh, c)]
  }
}

/** The box around all vertices; of an empty mesh it reaches from Infinity to -Infinity. */
export function boundsOf(mesh: Mesh): Bounds {
  const min: [number, number, number] = [Infinity, Infinity, Infinity]
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity]
  for (const [index, value] of mesh.positions.entries()) {
    const axis = (index % 3) as 0 | 1 | 2
    min[axis] = Math.min(min[axis], value)
    max[axis] = Math.max(max[axis], value)
  }
  return { min, max }
}

export function moveVertices(mesh: Mesh, move: (vertex: Vec3) => Vec3): Mesh {
  const positions = new Float64Array(mesh.positions.length)
  for (let index = 0; index < vertexCount(mesh); index++) positions.set(move(vertexAt(mesh, index)), 3 * index)
  return { positions, faces: mesh.faces }
}

/** Centred over the origin and standing on y = 0, with a longest side of 1. The mesh must have an extent. */
export function normalise(mesh: Mesh): { mesh: Mesh; scale: number } {
  const { min, max } = boundsOf(mesh)
  const factor = 1 / Math.max(...subtract(max, min))
  const centre = scale(add(min, max), 0.5)
  const foot: Vec3 = [centre[0], min[1], centre[2]]
  return { mesh: moveVertices(mesh, vertex => scale(subtract(vertex, foot), factor)), scale: factor }
}
