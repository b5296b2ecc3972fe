import { cornersAt, faceCount, type Mesh } from './mesh.ts'

/** What the edges say about a surface. */
export interface Topology {
  readonly edges: number
  /** Edges of one face only: the surface has a hole there. */
  readonly boundaryEdges: number
  /** Edges of three faces or more. */
  readonly nonManifoldEdges: number
  /** Edges whose two faces run along them in the same direction, so that one of the two is inside out. */
  readonly inconsistentEdges: number
  /** Every edge has two faces, and they agree on which side is outside. */
  readonly watertight: boolean
}

export function topologyOf(mesh: Mesh): Topology {
  let boundaryEdges = 0
  let nonManifoldEdges = 0
  let inconsistentEdges = 0
  const edges = countEdges(mesh)
  for (const { upward, downward } of edges.values()) {
    const faces = upward + downward
    if (faces === 1) boundaryEdges++
    else if (faces > 2) nonManifoldEdges++
    else if (upward !== downward) inconsistentEdges++
  }
  const watertight = edges.size > 0 && boundaryEdges + nonManifoldEdges + inconsistentEdges === 0
  return { edges: edges.size, boundaryEdges, nonManifoldEdges, inconsistentEdges, watertight }
}

/** How often faces pass an edge from its lower to its higher vertex number, and back. */
interface EdgeUse {
  upward: number
  downward: number
}

function countEdges(mesh: Mesh): Map<string, EdgeUse> {
  const edges = new Map<string, EdgeUse>()
  for (let face = 0; face < faceCount(mesh); face++) {
    const [a, b, c] = cornersAt(mesh, face)
    countEdge(edges, a, b)
    countEdge(edges, b, c)
    countEdge(edges, c, a)
  }
  return edges
}

function countEdge(edges: Map<string, EdgeUse>, from: number, to: number): void {
  const key = `${Math.min(from, to)},${Math.max(from, to)}`
  const use = edges.get(key) ?? { upward: 0, downward: 0 }
  if (from < to) use.upward++
  else use.downward++
  edges.set(key, use)
}
