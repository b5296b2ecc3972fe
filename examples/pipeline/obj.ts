import { faceCount, type Mesh, vertexAt, vertexCount } from './mesh.ts'

/** A Wavefront OBJ text that cannot be read; the message names the file, the line and what is wrong with it. */
export class ObjError extends Error {
  override name = 'ObjError'
}

/**
 * Reads vertices and faces; everything else (normals, groups, materials) is skipped, and polygons are cut into fans.
 * Throws ObjError. `name` is the file's name in messages.
 */
export function parseObj(text: string, name: string): Mesh {
  const positions: number[] = []
  const faces: number[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [keyword, ...fields] = line.trim().split(/\s+/)
    try {
      if (keyword === 'v') positions.push(...parseVertex(fields))
      else if (keyword === 'f') faces.push(...parseFace(fields, positions.length / 3))
    } catch (error) {
      throw new ObjError(`${name}:${index + 1}: "${line.trim()}": ${(error as Error).message}`)
    }
  }
  if (faces.length === 0) throw new ObjError(`${name}: no faces`)
  return { positions: Float64Array.from(positions), faces: Uint32Array.from(faces) }
}

/** Coordinates are written so that they read back exactly. */
export function formatObj(mesh: Mesh): string {
  const lines: string[] = []
  for (let index = 0; index < vertexCount(mesh); index++) lines.push(`v ${vertexAt(mesh, index).join(' ')}`)
  for (let face = 0; face < faceCount(mesh); face++) {
    const [a, b, c] = mesh.faces.subarray(3 * face, 3 * face + 3)
    lines.push(`f ${a! + 1} ${b! + 1} ${c! + 1}`)
  }
  return `${lines.join('\n')}\n`
}

/** x, y and z; a fourth field (the weight) and those after it (a colour, in some dialects) are skipped. */
function parseVertex(fields: string[]): number[] {
  if (fields.length < 3) throw new Error(`a vertex needs three coordinates, found ${fields.length}`)
  return fields.slice(0, 3).map(parseCoordinate)
}

function parseCoordinate(field: string): number {
  const value = Number(field)
  if (field === '' || !Number.isFinite(value)) throw new Error(`not a number: ${field}`)
  return value
}

function parseFace(fields: string[], vertices: number): number[] {
  if (fields.length < 3) throw new Error(`a face needs three vertices, found ${fields.length}`)
  const polygon = fields.map(field => parseReference(field, vertices))
  const fan: number[] = []
  for (let corner = 2; corner < polygon.length; corner++) {
    fan.push(polygon[0]!, polygon[corner - 1]!, polygon[corner]!)
  }
  return fan
}

/** `7`, `7/1` or `7/1/3`, from 1; -1 is the last vertex before this line. Returns it from 0. */
function parseReference(field: string, vertices: number): number {
  const digits = /^(-?\d+)(?:\/\d*){0,2}$/.exec(field)?.[1]
  if (digits === undefined) throw new Error(`not a vertex number: ${field}`)
  const number = Number(digits)
  const index = number < 0 ? vertices + number : number - 1
  if (index < 0 || index >= vertices) throw new Error(`vertex ${number} of ${vertices} does not exist`)
  return index
}
