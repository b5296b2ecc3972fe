import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExporterOptions } from '../../src/types/options.ts'
import { startProgram } from '../program.ts'

/** Something for every exporter to send to. */
export interface StandIns {
  readonly exporters: Readonly<Record<string, ExporterOptions>>
  /** Leads to credentials that the stand-in for Google hands out. */
  readonly env: NodeJS.ProcessEnv
  close(): void
}

export async function startStandIns(): Promise<StandIns> {
  const program = await startProgram('sinks/stand-ins.mjs', [], { execArgv: [] })
  const ports = program.ready as { readonly http: number; readonly grpc: number; readonly udp: number }
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const host = '127.0.0.1'
  const http = `http://${host}:${ports.http}`
  const { GOOGLE_APPLICATION_CREDENTIALS: _, ...env } = process.env
  return {
    exporters: {
      'otlp-json': { kind: 'otlp', protocol: 'http/json', url: `${http}/v1/traces` },
      'otlp-grpc': { kind: 'otlp', protocol: 'grpc', url: `http://${host}:${ports.grpc}` },
      'jaeger-udp': { kind: 'jaeger', host, port: ports.udp },
      'jaeger-http': { kind: 'jaeger', url: `${http}/api/traces` },
      zipkin: { kind: 'zipkin', url: `${http}/api/v2/spans` },
      'cloud-trace': { kind: 'gcp_trace', projectId: 'bench', url: http },
      console: { kind: 'console' },
      file: { kind: 'file', path: join(folder, 'traces.jsonl') },
    },
    env: { ...env, GCE_METADATA_HOST: `${host}:${ports.http}`, CLOUDSDK_CONFIG: folder },
    close() {
      program.close()
      rmSync(folder, { recursive: true })
    },
  }
}
