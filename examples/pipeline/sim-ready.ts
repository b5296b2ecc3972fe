import { massProperties } from './mass-properties.ts'
import type { Mesh } from './mesh.ts'
import type { Topology } from './topology.ts'
import { type Mat3, scale, type Vec3 } from './vec3.ts'

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
  if (!(volume > 0)) throw new Error(`a volume of ${volume} m³: the faces are inside out, or the mesh is flat`)
  return {
    topology,
    ...doubtsOf(topology),
    area,
    volume,
    density,
    mass: volume * density,
    centerOfMass,
    inertia: [scale(inertia[0], density), scale(inertia[1], density), scale(inertia[2], density)],
    apex,
  }
}

function doubtsOf(topology: Topology): Pick<SimReady, 'approximate'> {
  if (topology.watertight) return {}
  const counts = {
    boundary: topology.boundaryEdges,
    'non-manifold': topology.nonManifoldEdges,
    inconsistent: topology.inconsistentEdges,
  }
  const present = Object.entries(counts).filter(([, count]) => count > 0)
  return { approximate: present.map(([kind, count]) => `${count} ${kind} edges`).join(', ') }
}
