import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { DeadLetterStatus } from '../types/jobs.ts'
import { namesIn, token } from './durable-file.ts'
import { STATUSES } from './message-json.ts'

/** Holds what is being written and what is being moved. */
const IN_MOTION = '.in-motion'
/** `<id>@<status>@<token>` */
const NAME = new RegExp(`^(.+)@(${STATUSES.join('|')})@[0-9a-f]{12}$`)
/** Before that a file is being written. */
const UNFINISHED_AFTER_MS = 60_000

/** A message that one process has taken out of the folder of its status, to change it. */
export interface Claim {
  /** Where the message is now. */
  readonly path: string
  readonly from: DeadLetterStatus
}

/** The claims on messages of a queue, its own and those of other processes. */
export class Claims {
  readonly folder: string
  private readonly root: string

  constructor(root: string) {
    this.root = root
    this.folder = join(root, IN_MOTION)
  }

  /** A name that no other claim has. */
  newPath(id: string, from: DeadLetterStatus): string {
    return join(this.folder, `${id}@${from}@${token()}`)
  }

  /** Of every message that somebody has claimed. */
  ids(): string[] {
    return this.names().flatMap(name => NAME.exec(name)?.[1] ?? [])
  }

  /** The newest first: only that one can hold more than what has been filed since. */
  on(id: string): Claim[] {
    const claims = this.names().flatMap(name => {
      const [, claimed, from] = NAME.exec(name) ?? []
      if (claimed !== id) return []
      const path = join(this.folder, name)
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
      return stats === undefined ? [] : [{ path, from: from as DeadLetterStatus, writtenNs: stats.mtimeNs }]
    })
    return claims.sort((a, b) => Number(b.writtenNs - a.writtenNs))
  }

  /** Paths of files that were begun long ago and never got their names. */
  unfinished(): string[] {
    const paths = this.names().flatMap(name => (NAME.test(name) ? [] : [join(this.folder, name)]))
    return paths.filter(path => {
      const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
      return Date.now() - writtenMs > UNFINISHED_AFTER_MS
    })
  }

  private names(): string[] {
    return namesIn(this.root, IN_MOTION)
  }
}
