import { writeFileSync } from 'node:fs'
import { getTracer } from 'blueprint-tracing'
import type { Part, Scene } from './scenes.ts'
import { OUT_DIR } from './tracing.ts'

/** Where steps leave files for those after them. */
export function workDir(scene: Scene): string {
  return `${OUT_DIR}/work/${scene.id}`
}

export function objFile(scene: Scene, part: Part): string {
  return `${workDir(scene)}/${part.name}.obj`
}

export function simReadyFile(scene: Scene, part: Part): string {
  return `${workDir(scene)}/${part.name}.json`
}

export function usdaFile(scene: Scene): string {
  return `${OUT_DIR}/${scene.id}.usda`
}

/** Writes a file in a span of its own. */
export function writeTraced(spanName: string, path: string, text: string): void {
  getTracer().span(spanName, { attributes: { 'file.path': path, 'file.size': text.length } }, () => {
    writeFileSync(path, text)
  })
}
