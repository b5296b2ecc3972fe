import { startProgram } from '../program.ts'

/** A collector in another process, which takes OTLP/protobuf over HTTP and counts spans by the name in the path. */
export interface OtlpSink {
  url(name: string): string
  count(name: string): Promise<number>
  /** Throws where it is not what was sent. */
  assertCount(name: string, expected: number): Promise<void>
  close(): void
}

export async function startOtlpSink(): Promise<OtlpSink> {
  const sink = await startProgram('sink.mjs', [], { execArgv: [] })
  const { port } = sink.ready as { readonly port: number }
  const count = async (name: string) => (await sink.ask<{ count: number }>(`/${name}`)).count
  return {
    url: name => `http://127.0.0.1:${port}/${name}`,
    count,
    async assertCount(name, expected) {
      const arrived = await count(name)
      if (arrived !== expected) throw new Error(`invalid: the sink has ${arrived} of ${expected} spans of ${name}`)
    },
    close: () => sink.close(),
  }
}
