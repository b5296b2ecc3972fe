import { read } from './read.ts'

/** Thrown by a job that wants its process to end with `code`; JobExit(0) is a success. */
export class JobExit extends Error {
  /** From 0 to 255; anything else is the job's failure, since a shell would see its last eight bits only. */
  readonly code: number

  constructor(code: number) {
    super(`Job exited with code ${code}`)
    this.name = 'JobExit'
    this.code = code
  }
}

/** @internal Also one of another copy of the package. */
export function isJobExit(error: unknown): error is JobExit {
  return read(error, 'name') === 'JobExit' && typeof read(error, 'code') === 'number'
}
