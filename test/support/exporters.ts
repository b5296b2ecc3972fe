import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createExporter } from '../../src/exporters/create.ts'
import type { ExporterConfig, GoogleConfig } from '../../src/types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../../src/types/exporter.ts'
import { type CredentialType, type Google, SECRETS } from './google.ts'
import { googleConfig, writeCredentials } from './google-files.ts'

type Kind = 'otlp' | 'jaeger' | 'zipkin' | 'gcp_trace'
type ConfigOf<K extends Kind> = Extract<ExporterConfig, { readonly kind: K }>

const HTTP = { headers: {}, timeoutMs: 5_000, proxy: undefined }
const DEFAULTS: { readonly [K in Kind]: Partial<ConfigOf<K>> } = {
  otlp: { ...HTTP, kind: 'otlp', protocol: 'http/protobuf', compression: 'none', tls: undefined },
  jaeger: { ...HTTP, kind: 'jaeger', transport: 'udp/thrift.compact', maxPacketBytes: 65_000 },
  zipkin: { ...HTTP, kind: 'zipkin' },
  gcp_trace: { kind: 'gcp_trace', projectId: 'demo', timeoutMs: 5_000 },
}

/** An exporter as the export thread makes it, closed after the test; of `config` the test says what matters to it. */
export async function exporterFor<K extends Kind>(
  t: TestContext,
  kind: K,
  config: Partial<ConfigOf<K>> & { readonly url: string },
): Promise<Exporter> {
  const exporter = await createExporter({ ...DEFAULTS[kind], ...config } as unknown as ExporterConfig)
  t.after(() => exporter.close?.())
  return exporter
}

/** Sends one batch. None of the secrets of Google's stand-in may be in what comes of it. */
export async function exportBatch(
  exporter: Exporter | Promise<Exporter>,
  batch: SpanBatch,
  signal: AbortSignal = new AbortController().signal,
): Promise<ExportResult> {
  const result = await (await exporter).export(batch, signal)
  for (const secret of Object.values(SECRETS)) assert.ok(!(result.message ?? '').includes(secret), result.message)
  return result
}

export interface GoogleSetup {
  readonly type?: CredentialType
  readonly quotaProjectId?: string | undefined
}

/** Credentials that the stand-in takes. */
export function credentialsFor(t: TestContext, google: Google, setup: GoogleSetup = {}): GoogleConfig {
  const { type = 'service_account', quotaProjectId } = setup
  const credentialsFile = writeCredentials(t, google.credentials(type))
  return googleConfig(t, { credentialsFile, quotaProjectId, metadataUrl: google.origin })
}
