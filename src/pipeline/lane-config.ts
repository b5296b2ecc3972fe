import type { ExporterConfig } from '../types/config.ts'

/** What a consumer is to run; as plain data, so that it can cross to the export thread. */
export type LaneConfig =
  | ExporterConfig
  /** Stands for an object of the caller's thread, to which batches are handed back. */
  | { readonly kind: 'handed_back'; readonly name: string }
  /** Not to be set up, and why. */
  | { readonly kind: 'unavailable'; readonly reason: string }

/** The kind; a second exporter of a kind is 'otlp#2'. */
export function uniqueNames(exporters: readonly ExporterConfig[]): string[] {
  const seen = new Map<string, number>()
  return exporters.map(({ kind }) => {
    const nth = (seen.get(kind) ?? 0) + 1
    seen.set(kind, nth)
    return nth === 1 ? kind : `${kind}#${nth}`
  })
}

/** For the export thread: exporter objects stay behind. */
export function handBackObjects(exporters: readonly LaneConfig[]): LaneConfig[] {
  return exporters.map(config =>
    config.kind === 'custom' ? { kind: 'handed_back', name: config.exporter.name } : config,
  )
}

/** Whether code of the program's own runs in the export thread. */
export function hasModules(exporters: readonly LaneConfig[]): boolean {
  return exporters.some(({ kind }) => kind === 'module')
}

/**
 * After an export thread has died: code of the program's own may be what killed it, and the next one to go down with it would
 * be another export thread, or the program.
 */
export function withoutModules(exporters: readonly ExporterConfig[]): LaneConfig[] {
  return exporters.map(config =>
    config.kind === 'module' ? { kind: 'unavailable', reason: NO_SECOND_CHANCE } : config,
  )
}

const NO_SECOND_CHANCE = 'it was in the export thread that died, and is not run again'
