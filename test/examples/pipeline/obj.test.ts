import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMesh } from '../../../examples/pipeline/mesh.ts'
import { formatObj, ObjError, parseObj } from '../../../examples/pipeline/obj.ts'
import { loadSource } from '../../../examples/pipeline/source.ts'

const SQUARE = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n'

const readable = [
  { what: 'a triangle', face: 'f 1 2 3', corners: [0, 1, 2] },
  { what: 'a polygon, cut into a fan', face: 'f 1 2 3 4', corners: [0, 1, 2, 0, 2, 3] },
  { what: 'numbers from the end', face: 'f -4 -3 -1', corners: [0, 1, 3] },
  { what: 'texture and normal numbers', face: 'f 1/1 2/2/2 3//3', corners: [0, 1, 2] },
  { what: 'tabs and a carriage return', face: '\tf  1\t2 3 \r', corners: [0, 1, 2] },
  { what: 'other elements around it', face: 'vn 0 0 1\no quad\nusemtl clay\n# note\nf 2 3 4', corners: [1, 2, 3] },
]

for (const { what, face, corners } of readable) {
  test(`reads ${what}`, () => {
    assert.deepEqual([...parseObj(`${SQUARE}${face}\n`, 'square.obj').faces], corners)
  })
}

const unreadable = [
  { last: 'f 1 2', message: 'x.obj:5: "f 1 2": a face needs three vertices, found 2' },
  { last: 'f', message: 'x.obj:5: "f": a face needs three vertices, found 0' },
  { last: 'f 1 2 5', message: 'x.obj:5: "f 1 2 5": vertex 5 of 4 does not exist' },
  { last: 'f 0 1 2', message: 'x.obj:5: "f 0 1 2": vertex 0 of 4 does not exist' },
  { last: 'f 1 2 -5', message: 'x.obj:5: "f 1 2 -5": vertex -5 of 4 does not exist' },
  { last: 'f 1 2 x', message: 'x.obj:5: "f 1 2 x": not a vertex number: x' },
  { last: 'f 1 2 3/1/1/1', message: 'x.obj:5: "f 1 2 3/1/1/1": not a vertex number: 3/1/1/1' },
  { last: 'v 1 2', message: 'x.obj:5: "v 1 2": a vertex needs three coordinates, found 2' },
  { last: 'v 1 2 -', message: 'x.obj:5: "v 1 2 -": not a number: -' },
  { last: 'v 1 2 Infinity', message: 'x.obj:5: "v 1 2 Infinity": not a number: Infinity' },
  { last: '', message: 'x.obj: no faces' },
]

for (const { last, message } of unreadable) {
  test(`refuses a file that ends in '${last}': ${message}`, () => {
    assert.throws(() => parseObj(SQUARE + last, 'x.obj'), new ObjError(message))
  })
}

test("the broken scene's file is refused at the line where it was cut", () => {
  const message = 'truncated.obj:13: "f 3 4": a face needs three vertices, found 2'
  assert.throws(() => loadSource({ file: 'truncated.obj' }), new ObjError(message))
})

test('what is written reads back exactly', () => {
  const mesh = createMesh(
    [
      [0.1, -1e-7, 1 / 3],
      [1e21, 0, 2],
      [5, 6, 7],
    ],
    [[2, 0, 1]],
  )
  assert.deepEqual(parseObj(formatObj(mesh), 'mesh.obj'), mesh)
})
