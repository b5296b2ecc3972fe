/** The span that everybody records: three strings, an integer and a boolean, from eight call sites with names of their own. */
export const NAMES = ['load', 'weld', 'normalise', 'inspect', 'measure', 'assemble', 'format', 'write'].map(
  step => `job:${step}`,
)

export function fill(span, i) {
  span.setAttribute('scene.id', SCENES[i & 7])
  span.setAttribute('pipeline.step', 'regen3d')
  span.setAttribute('mesh.format', 'obj')
  span.setAttribute('mesh.vertices', i)
  span.setAttribute('mesh.closed', true)
}

const SCENES = Array.from({ length: 8 }, (_, i) => `scene_${i}`)
