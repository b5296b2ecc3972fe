import type { RequestFrame } from '../otlp/request-frame.ts'
import type { DeliveryConfig } from '../types/config.ts'
import type { LogLevel } from '../types/options.ts'
import type { AttemptResult } from './attempt.ts'
import type { LaneConfig } from './lane-config.ts'

/** From the caller's thread to the export thread. A bare buffer is a new segment. */
export type ToExportThread =
  | ArrayBufferLike
  | { readonly kind: 'wake' }
  | { readonly kind: 'retire'; readonly segment: number }
  | { readonly kind: 'flush'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number }
  | { readonly kind: 'exit'; readonly remainingMs: number; readonly ticket: number }
  | FromCallersExporter

/** From the export thread to the caller's. */
export type FromExportThread =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly kind: 'error'; readonly exporter: number; readonly message: string }
  | ToCallersExporter

/** To an exporter that is an object of the caller's thread. */
export type ToCallersExporter =
  | {
      readonly kind: 'batch'
      readonly exporter: number
      readonly batch: number
      /** With a buffer of its own, which is moved to the other thread. */
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly count: number
    }
  | { readonly kind: 'abort'; readonly exporter: number; readonly batch: number }
  | { readonly kind: 'close'; readonly exporter: number }

export type FromCallersExporter =
  /** 'later': the exporter has given a promise, so that the answer needs the caller's event loop. */
  | {
      readonly kind: 'answer'
      readonly exporter: number
      readonly batch: number
      readonly result: AttemptResult | 'later'
    }
  | { readonly kind: 'closed'; readonly exporter: number; readonly trouble: string | undefined }

/** What an export thread starts with. */
export interface ExportThreadData {
  readonly control: ArrayBufferLike
  readonly segments: readonly ArrayBufferLike[]
  readonly exporters: readonly LaneConfig[]
  readonly names: readonly string[]
  readonly frame: RequestFrame
  readonly scope: { readonly name: string; readonly version: string }
  readonly delivery: DeliveryConfig
}

/** Whether it is for an exporter that is an object of the caller's thread. */
export function isForObject(message: FromExportThread): message is ToCallersExporter {
  return message.kind === 'batch' || message.kind === 'abort' || message.kind === 'close'
}
