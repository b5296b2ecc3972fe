import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A program in a process of its own, which says that it is ready and then answers one message after the other. */
export interface Program {
  /** What it said first. */
  readonly ready: unknown
  ask<T>(question: object | string): Promise<T>
  close(): void
}

/** `file`: from this folder. */
export async function startProgram(
  file: string,
  args: readonly string[] = [],
  options: ForkOptions = {},
): Promise<Program> {
  const child = fork(join(import.meta.dirname, file), args, { execArgv: ['--expose-gc'], ...options })
  const name = [file, ...args].join(' ')
  const ready = await nextMessage(child, name)
  return {
    ready,
    async ask<T>(question: object | string): Promise<T> {
      child.send(question)
      return (await nextMessage(child, name)) as T
    },
    close() {
      if (child.connected) child.disconnect()
    },
  }
}

/** Rejects where the program ends instead of answering. */
async function nextMessage(child: ChildProcess, name: string): Promise<unknown> {
  const settled = new AbortController()
  const { signal } = settled
  const message = once(child, 'message', { signal }).then(([message]) => message)
  const end = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`${name} ended with code ${code}`)
  })
  try {
    return await Promise.race([message, end])
  } finally {
    end.catch(() => {})
    settled.abort()
  }
}
