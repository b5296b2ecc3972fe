import type { RequestFrame } from '../otlp/request.ts'
import type { DeliveryConfig, ExporterConfig } from '../types/config.ts'
import type { LogLevel } from '../types/options.ts'

/** From the caller's thread to the export thread. A bare buffer is a new segment. */
export type ToExportThread =
  | ArrayBufferLike
  | { readonly kind: 'wake' }
  | { readonly kind: 'retire'; readonly segment: number }
  | { readonly kind: 'flush'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number }
  | { readonly kind: 'exit'; readonly remainingMs: number; readonly ticket: number }

/** From the export thread to the caller's. */
export type FromExportThread =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly kind: 'error'; readonly exporter: number; readonly message: string }

/** What an export thread starts with. */
export interface ExportThreadData {
  readonly control: ArrayBufferLike
  readonly segments: readonly ArrayBufferLike[]
  readonly exporters: readonly ExporterConfig[]
  readonly names: readonly string[]
  readonly frame: RequestFrame
  readonly scope: { readonly name: string; readonly version: string }
  readonly delivery: DeliveryConfig
}
