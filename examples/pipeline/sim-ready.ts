import { massProperties } from './mass-properties.ts'
import type { Mesh } from './mesh.ts'
import { type Topology, topologyOf } from './topology.ts'
import type { Mat3, Vec3 } from './vec3.ts'

/** What a simulator needs to know of a solid mesh, in metres and kilograms. */
export interface SimReady {
  readonly topology: Topology
  /** Why the figures below are approximate; absent where the surface is closed and they are not. */
  readonly approximate?: string
  readonly area: number
  readonly volume: number
  readonly density: number
  readonly mass: number
  readonly centerOfMass: Vec3
  /** About the centre of mass. */
  readonly inertia: Mat3
  /** The point that the surface was closed towards; of no influence where it is closed already. */
  readonly apex: Vec3
}

/** Throws where the mesh encloses nothing. `density` is in kg/m³. */
export function describeSolid(mesh: Mesh, topology: Topology, density: number): SimReady {
  const { area, volume, centerOfMass, inertia, apex } = massProperties(mesh)
  if (!(volume > 0)) throw new Error(`the mesh encloses a volume of ${volume} m³: its faces are inside out, or it is flat`)
  const scaled = inertia.map(row => row.map(entry => entry * density)) as unknown as Mat3
  const mass = volume * density
  return { topology, ...doubtsOf(topology), area, volume, density, mass, centerOfMass, inertia: scaled, apex }
}

function doubtsOf({ watertight, boundaryEdges, nonManifoldEdges, inconsistentEdges }: Topology): {
  approximate?: string
} {
  if (watertight) return {}
  const counts = [
    [boundaryEdges, 'boundary'],
    [nonManifoldEdges, 'non-manifold'],
    [inconsistentEdges, 'inconsistent'],
  ] as const
  const present = counts.filter(([count]) => count > 0)
  return { approximate: present.map(([count, kind]) => `${count} ${kind} edges`).join(', ') }
}
