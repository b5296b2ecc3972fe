import { boundsOf, type Mesh, vertexAt, vertexCount } from './mesh.ts'
import { length, subtract, type Vec3 } from './vec3.ts'

/** A millionth of the mesh's diagonal: scanners and exporters agree with themselves to about six digits. */
export function weldTolerance(mesh: Mesh): number {
  const { min, max } = boundsOf(mesh)
  return 1e-6 * length(subtract(max, min))
}

/**
 * Merges vertices that lie within `tolerance` of each other (a distance in the mesh's units; 0 merges equal ones only).
 *
 * Each vertex joins the nearest vertex kept so far, or is kept itself, so none moves by more than `tolerance`
 * and a chain of close vertices does not collapse into one point. Faces may become degenerate.
 */
export function weld(mesh: Mesh, tolerance: number): Mesh {
  const kept = new PointGrid(boundsOf(mesh).min, tolerance)
  const renumbered = new Uint32Array(vertexCount(mesh))
  for (let index = 0; index < renumbered.length; index++) {
    const vertex = vertexAt(mesh, index)
    renumbered[index] = kept.nearest(vertex) ?? kept.add(vertex)
  }
  return { positions: Float64Array.from(kept.points.flat()), faces: mesh.faces.map(index => renumbered[index]!) }
}

/** Points by the cell of a regular grid that they lie in. */
class PointGrid {
  readonly points: Vec3[] = []
  readonly #cells = new Map<string, number[]>()
  readonly #origin: Vec3
  readonly #tolerance: number
  readonly #cellSize: number

  constructor(origin: Vec3, tolerance: number) {
    this.#origin = origin
    this.#tolerance = tolerance
    // Twice the reach: rounding in `#cellOf` can then never put a point within reach two cells away.
    this.#cellSize = 2 * tolerance || 1
  }

  add(point: Vec3): number {
    const key = this.#cellOf(point).join()
    const index = this.points.push(point) - 1
    const cell = this.#cells.get(key)
    if (cell === undefined) this.#cells.set(key, [index])
    else cell.push(index)
    return index
  }

  /** The nearest point within the tolerance. */
  nearest(point: Vec3): number | undefined {
    let best: number | undefined
    let bestDistance = this.#tolerance
    for (const index of this.#around(point)) {
      const distance = length(subtract(this.points[index]!, point))
      if (best === undefined ? distance > bestDistance : distance >= bestDistance) continue
      best = index
      bestDistance = distance
    }
    return best
  }

  /** The points of the point's own cell and of the 26 that touch it. */
  *#around(point: Vec3): Generator<number> {
    const [x, y, z] = this.#cellOf(point)
    for (let i = x - 1; i <= x + 1; i++)
      for (let j = y - 1; j <= y + 1; j++)
        for (let k = z - 1; k <= z + 1; k++) yield* this.#cells.get(`${i},${j},${k}`) ?? []
  }

  #cellOf(point: Vec3): Vec3 {
    const [x, y, z] = subtract(point, this.#origin)
    return [Math.floor(x / this.#cellSize), Math.floor(y / this.#cellSize), Math.floor(z / this.#cellSize)]
  }
}
