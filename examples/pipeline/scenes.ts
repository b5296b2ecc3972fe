import type { Vec3 } from './vec3.ts'

export interface Scene {
  readonly id: string
  readonly parts: readonly Part[]
  /** What a run of the demo should come to. */
  readonly expected: 'success' | 'failure'
}

/** One mesh, and where it stands in its scene. */
export interface Part {
  readonly name: string
  readonly source: Source
  /** In kg/m³. */
  readonly density: number
  /** In metres. */
  readonly position: Vec3
  /** Degrees about the vertical axis. */
  readonly heading: number
}

/** An npm package that exports `positions` and `cells`, or an OBJ file beside this one. */
export type Source = { readonly package: 'bunny' | 'teapot' } | { readonly file: string }

const ORIGIN: Vec3 = [0, 0, 0]

const BUNNY: Part = { name: 'bunny', source: { package: 'bunny' }, density: 1900, position: ORIGIN, heading: 0 }
const TEAPOT: Part = { name: 'teapot', source: { package: 'teapot' }, density: 2400, position: ORIGIN, heading: 0 }
const TRUNCATED: Part = { ...BUNNY, name: 'truncated', source: { file: 'truncated.obj' } }

export const SCENES: readonly Scene[] = [
  { id: 'scene_bunny', parts: [BUNNY], expected: 'success' },
  { id: 'scene_teapot', parts: [TEAPOT], expected: 'success' },
  {
    id: 'scene_garden',
    parts: [
      { ...BUNNY, position: [-0.75, 0, 0], heading: 30 },
      { ...TEAPOT, position: [0.75, 0, 0], heading: -15 },
    ],
    expected: 'success',
  },
  { id: 'scene_broken', parts: [TRUNCATED], expected: 'failure' },
]

/** `scene` with every part's mesh from the npm package that `source` names, as `npm:bunny`; as it is where there is none. */
export function withSource(scene: Scene, source: string | undefined): Scene {
  if (source === undefined) return scene
  const name = source.replace(/^npm:/, '')
  if (name !== 'bunny' && name !== 'teapot') throw new Error(`no source ${source}; there are npm:bunny and npm:teapot`)
  return { ...scene, parts: scene.parts.map(part => ({ ...part, source: { package: name } })) }
}

export function findScene(id: string | undefined): Scene {
  const scene = SCENES.find(candidate => candidate.id === id)
  if (scene === undefined) throw new Error(`no scene ${id}; there are ${SCENES.map(known => known.id).join(', ')}`)
  return scene
}
