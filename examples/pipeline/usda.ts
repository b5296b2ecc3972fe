import { boundsOf, faceCount, type Mesh, vertexAt, vertexCount } from './mesh.ts'
import type { PrincipalAxes } from './principal-axes.ts'
import type { Vec3 } from './vec3.ts'

/** A rigid body: one mesh, placed. */
export interface Body {
  /** A USD identifier. */
  readonly name: string
  readonly mesh: Mesh
  /** In metres. */
  readonly position: Vec3
  /** Degrees about the vertical axis. */
  readonly heading: number
  readonly mass: number
  readonly centerOfMass: Vec3
  readonly principal: PrincipalAxes
  /** Why the mass properties are approximate. */
  readonly approximate?: string | undefined
}

/** A USD stage as text: metres, kilograms, y up, earth's gravity. `name` is a USD identifier. */
export function formatUsda(name: string, bodies: readonly Body[]): string {
  const gravity = prim('PhysicsScene', 'physics', [], EARTH)
  const children = [...gravity, ...bodies.flatMap(body => ['', ...bodyPrim(body)])]
  const lines = [
    '#usda 1.0',
    '(',
    ...indented([`defaultPrim = "${name}"`, 'kilogramsPerUnit = 1', 'metersPerUnit = 1', 'upAxis = "Y"']),
    ')',
    '',
    ...prim('Xform', name, [], children),
  ]
  return `${lines.join('\n')}\n`
}

const EARTH = ['vector3f physics:gravityDirection = (0, -1, 0)', 'float physics:gravityMagnitude = 9.81']

function bodyPrim(body: Body): string[] {
  const metadata = ['prepend apiSchemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"]']
  if (body.approximate !== undefined) metadata.unshift(`doc = "Mass properties are approximate: ${body.approximate}."`)
  return prim('Xform', body.name, metadata, [
    `point3f physics:centerOfMass = ${tuple(body.centerOfMass)}`,
    `float3 physics:diagonalInertia = ${tuple(body.principal.moments)}`,
    `float physics:mass = ${float(body.mass)}`,
    `quatf physics:principalAxes = ${tuple(body.principal.rotation)}`,
    `float xformOp:rotateY = ${float(body.heading)}`,
    `double3 xformOp:translate = (${body.position.join(', ')})`,
    'uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:rotateY"]',
    '',
    ...meshPrim(body.mesh),
  ])
}

function meshPrim(mesh: Mesh): string[] {
  const { min, max } = boundsOf(mesh)
  const points = Array.from({ length: vertexCount(mesh) }, (_, index) => tuple(vertexAt(mesh, index)))
  const counts = Array.from({ length: faceCount(mesh) }, () => 3)
  const schemas = 'prepend apiSchemas = ["PhysicsCollisionAPI", "PhysicsMeshCollisionAPI"]'
  const properties = [
    `float3[] extent = [${tuple(min)}, ${tuple(max)}]`,
    `int[] faceVertexCounts = [${counts.join(', ')}]`,
    `int[] faceVertexIndices = [${mesh.faces.join(', ')}]`,
    // A moving body has to collide as something convex; simulators refuse a bare triangle mesh there.
    'uniform token physics:approximation = "convexHull"',
    `point3f[] points = [${points.join(', ')}]`,
    'uniform token subdivisionScheme = "none"',
  ]
  return prim('Mesh', 'mesh', [schemas], properties)
}

function prim(type: string, name: string, metadata: readonly string[], body: readonly string[]): string[] {
  const head = `def ${type} "${name}"`
  const opening = metadata.length === 0 ? [head] : [`${head} (`, ...indented(metadata), ')']
  return [...opening, '{', ...indented(body), '}']
}

function indented(lines: readonly string[]): string[] {
  return lines.map(line => (line === '' ? line : `    ${line}`))
}

function tuple(values: readonly number[]): string {
  return `(${values.map(float).join(', ')})`
}

/** Nine digits tell any two single-precision numbers apart. */
function float(value: number): string {
  return String(Number(Math.fround(value).toPrecision(9)))
}
