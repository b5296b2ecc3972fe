import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Body, formatUsda } from '../../../examples/pipeline/usda.ts'
import { unitTetrahedron } from './shapes.ts'

const TETRAHEDRON: Body = {
  name: 'tetrahedron',
  mesh: unitTetrahedron(),
  position: [1.5, 0, -2],
  heading: 30,
  mass: 400 / 3,
  centerOfMass: [0.25, 0.25, 0.25],
  principal: { moments: [10, 5, 2.5], rotation: [Math.SQRT1_2, 0, 0, -Math.SQRT1_2] },
  approximate: undefined,
}

test('one body: the whole text', () => {
  assert.equal(
    formatUsda('scene', [TETRAHEDRON]),
    `#usda 1.0
(
    defaultPrim = "scene"
    kilogramsPerUnit = 1
    metersPerUnit = 1
    upAxis = "Y"
)

def Xform "scene"
{
    def PhysicsScene "physics"
    {
        vector3f physics:gravityDirection = (0, -1, 0)
        float physics:gravityMagnitude = 9.81
    }

    def Xform "tetrahedron" (
        prepend apiSchemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"]
    )
    {
        point3f physics:centerOfMass = (0.25, 0.25, 0.25)
        float3 physics:diagonalInertia = (10, 5, 2.5)
        float physics:mass = 133.333328
        quatf physics:principalAxes = (0.707106769, 0, 0, -0.707106769)
        float xformOp:rotateY = 30
        double3 xformOp:translate = (1.5, 0, -2)
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:rotateY"]

        def Mesh "mesh" (
            prepend apiSchemas = ["PhysicsCollisionAPI", "PhysicsMeshCollisionAPI"]
        )
        {
            float3[] extent = [(0, 0, 0), (1, 1, 1)]
            int[] faceVertexCounts = [3, 3, 3, 3]
            int[] faceVertexIndices = [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]
            uniform token physics:approximation = "convexHull"
            point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
            uniform token subdivisionScheme = "none"
        }
    }
}
`,
  )
})

test('two bodies stand side by side in the scene, and a doubtful one says why', () => {
  const text = formatUsda('garden', [TETRAHEDRON, { ...TETRAHEDRON, name: 'open', approximate: '64 boundary edges' }])
  assert.deepEqual(prims(text), [
    '/garden Xform',
    '/garden/physics PhysicsScene',
    '/garden/tetrahedron Xform',
    '/garden/tetrahedron/mesh Mesh',
    '/garden/open Xform',
    '/garden/open/mesh Mesh',
  ])
  assert.equal(text.match(/doc = "(.*)"/)?.[1], 'Mass properties are approximate: 64 boundary edges.')
})

/** Path and type of every prim, read from the text by its braces. */
function prims(text: string): string[] {
  const found: string[] = []
  const path: string[] = []
  let name = ''
  for (const line of text.split('\n').map(line => line.trim())) {
    const head = /^def (\w+) "(\w+)"/.exec(line)
    if (head) {
      name = head[2]!
      found.push(`/${[...path, name].join('/')} ${head[1]}`)
    }
    if (line === '{') path.push(name)
    if (line === '}') path.pop()
  }
  assert.deepEqual(path, [], 'every brace is closed')
  return found
}
