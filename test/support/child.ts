import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface ChildOptions {
  /** Added to PATH, HOME and where coverage goes; the rest of this process's environment stays outside. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly args?: readonly string[]
  /** Default: this process's own. */
  readonly cwd?: string
  /** Flags of Node. */
  readonly execArgv?: readonly string[]
  /** Called with all that has been written to stderr whenever that is more. */
  readonly onStderr?: ((stderr: string) => void) | undefined
  /** After which the child is killed with SIGKILL, in ms. Default 60,000. */
  readonly timeoutMs?: number
}

export interface ChildResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From the start of the process to its end. */
  readonly durationMs: number
  /** When the end was noticed, in epoch ms. */
  readonly endMs: number
}

const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'NODE_V8_COVERAGE']

/** Runs a program with Node to its end, whatever that is. */
export async function runChild(program: URL, options: ChildOptions = {}): Promise<ChildResult> {
  const { env = {}, args = [], execArgv = [], timeoutMs = 60_000, cwd, onStderr = () => {} } = options
  const inherited = Object.fromEntries(INHERITED.map(name => [name, process.env[name]]))
  const startMs = performance.now()
  const child = spawn(process.execPath, [...execArgv, fileURLToPath(program), ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  const output = Promise.all([text(child.stdout), text(overheard(child.stderr, onStderr))])
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  const durationMs = performance.now() - startMs
  const endMs = Date.now()
  const [stdout, stderr] = await output
  return { code, signal, stdout, stderr, durationMs, endMs }
}

async function* overheard(stream: Readable, listener: (text: string) => void): AsyncGenerator<string> {
  let all = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    all += chunk
    listener(all)
    yield chunk
  }
}
