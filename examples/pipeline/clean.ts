import { type Corners, cornersAt, faceCount, type Mesh, vertexAt, vertexCount } from './mesh.ts'

export interface CleanedFaces {
  readonly mesh: Mesh
  readonly degenerate: number
  readonly duplicate: number
}

/**
 * Drops faces that name a vertex twice and faces that repeat an earlier one with the same winding.
 *
 * A sliver whose corners differ is kept, since dropping it would open the surface; so is a face that repeats another
 * with the opposite winding, since together they are a closed, flat shell.
 */
export function dropBadFaces(mesh: Mesh): CleanedFaces {
  const seen = new Set<string>()
  const faces: number[] = []
  let degenerate = 0
  let duplicate = 0
  for (let face = 0; face < faceCount(mesh); face++) {
    const corners = cornersAt(mesh, face)
    const key = smallestFirst(corners).join()
    if (isDegenerate(corners)) degenerate++
    else if (seen.has(key)) duplicate++
    else {
      seen.add(key)
      faces.push(...corners)
    }
  }
  return { mesh: { positions: mesh.positions, faces: Uint32Array.from(faces) }, degenerate, duplicate }
}

/** Drops vertices that no face names, and renumbers the rest in their old order. */
export function dropUnusedVertices(mesh: Mesh): Mesh {
  const used = new Set(mesh.faces)
  const renumbered = new Uint32Array(vertexCount(mesh))
  const positions: number[] = []
  for (let index = 0; index < renumbered.length; index++) {
    if (!used.has(index)) continue
    renumbered[index] = positions.length / 3
    positions.push(...vertexAt(mesh, index))
  }
  return { positions: Float64Array.from(positions), faces: mesh.faces.map(index => renumbered[index]!) }
}

function isDegenerate([a, b, c]: Corners): boolean {
  return a === b || b === c || c === a
}

/** The same winding, begun at the smallest vertex number. */
function smallestFirst([a, b, c]: Corners): Corners {
  if (a <= b && a <= c) return [a, b, c]
  return b <= c ? [b, c, a] : [c, a, b]
}
