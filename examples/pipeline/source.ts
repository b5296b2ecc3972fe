import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createMesh, type Mesh } from './mesh.ts'
import { parseObj } from './obj.ts'
import type { Source } from './scenes.ts'

/** Throws ObjError where the source is an OBJ file that cannot be read. */
export function loadSource(source: Source): Mesh {
  if ('file' in source) return parseObj(readFileSync(new URL(source.file, import.meta.url), 'utf8'), source.file)
  const { positions, cells } = createRequire(import.meta.url)(source.package) as MeshPackage
  return createMesh(positions, cells)
}

export function sourceName(source: Source): string {
  return 'file' in source ? source.file : `npm:${source.package}`
}

/** What the mesh packages on npm export. */
interface MeshPackage {
  readonly positions: readonly (readonly number[])[]
  readonly cells: readonly (readonly number[])[]
}
