import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { LanguageProgram } from './toolchains.ts'

export interface RunningProgram {
  /** Ns that a span of this round took. Throws where not all of the rounds so far was exported. */
  round(spans: number): Promise<number>
  close(): void
}

export function startLineProgram({ subject, command: [file, ...args] }: LanguageProgram): RunningProgram {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  let recorded = 0
  return {
    async round(spans) {
      child.stdin.write(`${spans}\n`)
      recorded += spans
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${subject} ended with code ${(await once(child, 'close'))[0]}`)
      const { ns, exported } = JSON.parse(value) as { readonly ns: number; readonly exported: number }
      if (exported !== recorded) throw new Error(`invalid: ${subject} exported ${exported} of ${recorded} spans`)
      return ns
    },
    close: () => child.stdin.end(),
  }
}
