import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { currentEnvironment } from '../config/process.ts'
import type { JsonObject } from '../types/jobs.ts'
import { complain } from './output.ts'

/** Linux takes 131,072 for one variable, its name included. */
const MAX_VARIABLE_BYTES = 120_000
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** As shells say that a command could not be run, and that there is none. */
const NOT_RUNNABLE = 126
const NOT_FOUND = 127

export interface CommandEnd {
  /** 128 and its number for a signal, as shells have it. */
  readonly exitCode: number
  readonly shown: string
  /** Why there was no process at all. */
  readonly notStarted: string | undefined
}

/** Runs a command on this one's terminal, with the payload on stdin and in JOB_PAYLOAD, outside of any trace. Never rejects. */
export function runWithPayload(
  command: string,
  args: readonly string[],
  payload: JsonObject,
  variables: Readonly<Record<string, string>>,
): Promise<CommandEnd> {
  const text = JSON.stringify(payload)
  const fits = Buffer.byteLength(text) <= MAX_VARIABLE_BYTES
  if (!fits) complain(`the payload is on stdin only: JOB_PAYLOAD has room for ${MAX_VARIABLE_BYTES} bytes`)
  const env = { ...withoutTrace(currentEnvironment()), ...variables, ...(fits && { JOB_PAYLOAD: text }) }
  return new Promise(resolve => {
    try {
      const child = spawn(command, args, { env, stdio: ['pipe', 'inherit', 'inherit'] })
      const stopForwarding = forwardSignals(signal => void child.kill(signal))
      child.on('error', error => {
        stopForwarding()
        resolve(notStarted(error))
      })
      child.on('exit', (code, signal) => {
        stopForwarding()
        resolve(endOf(code, signal))
      })
      // A command need not read what it is given.
      child.stdin.on('error', () => {})
      child.stdin.end(text)
    } catch (error) {
      // Such as a NUL in an argument.
      resolve(notStarted(error as Error))
    }
  })
}

/** Also of a spelling that only Windows takes for the same; and the payload of an attempt that this one is part of. */
function withoutTrace(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const removed = ['TRACEPARENT', 'TRACESTATE', 'JOB_PAYLOAD']
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !removed.includes(name.toUpperCase())))
}

/** The command decides what a signal means; we stay to see how it ends. A terminal sends SIGINT to both of us by itself. */
function forwardSignals(forward: (signal: NodeJS.Signals) => void): () => void {
  const listener = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) forward(signal)
  }
  for (const signal of FORWARDED) process.on(signal, listener)
  return () => {
    for (const signal of FORWARDED) process.off(signal, listener)
  }
}

function notStarted(error: NodeJS.ErrnoException): CommandEnd {
  return { exitCode: error.code === 'ENOENT' ? NOT_FOUND : NOT_RUNNABLE, shown: '', notStarted: error.message }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): CommandEnd {
  if (signal === null) return { exitCode: code ?? 1, shown: `exit code ${code}`, notStarted: undefined }
  return { exitCode: 128 + constants.signals[signal], shown: signal, notStarted: undefined }
}
