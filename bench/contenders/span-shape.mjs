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

/** The five above and as many again, of the same types. */
export function fillTen(span, i) {
  fill(span, i)
  span.setAttribute('mesh.material', MATERIALS[i & 7])
  span.setAttribute('mesh.unit', 'millimetre')
  span.setAttribute('output.format', 'stl')
  span.setAttribute('mesh.faces', i)
  span.setAttribute('mesh.manifold', true)
}

/** The same for tracers with OpenTracing's method names. */
export function tag(span, i) {
  span.setTag('scene.id', SCENES[i & 7])
  span.setTag('pipeline.step', 'regen3d')
  span.setTag('mesh.format', 'obj')
  span.setTag('mesh.vertices', i)
  span.setTag('mesh.closed', true)
}

export function tagTen(span, i) {
  tag(span, i)
  span.setTag('mesh.material', MATERIALS[i & 7])
  span.setTag('mesh.unit', 'millimetre')
  span.setTag('output.format', 'stl')
  span.setTag('mesh.faces', i)
  span.setTag('mesh.manifold', true)
}

export function nothing() {}

const SCENES = Array.from({ length: 8 }, (_, i) => `scene_${i}`)
const MATERIALS = Array.from({ length: 8 }, (_, i) => `material_${i}`)
