/** Works on the queue in argv[2], beside other processes, as argv[3] says; prints what it has done. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DirectoryQueue } from '../../src/jobs/directory-queue.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../../src/types/jobs.ts'
import { deadLetter } from './dead-letters.ts'

const [folder = '', work = '', ...rest] = process.argv.slice(2)
const queue = new DirectoryQueue(folder)
/** The user id of the user who owns nothing, by convention on Linux. */
const NOBODY = 65_534

/** The disk takes that long for the next file. */
function stallDisk(ms: number): void {
  const { fsyncSync } = fs
  fs.fsyncSync = fd => {
    fs.fsyncSync = fsyncSync
    syncBuiltinESMExports()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    fsyncSync(fd)
  }
  syncBuiltinESMExports()
}

const works: Readonly<Record<string, () => Promise<void>>> = {
  publish: async () => {
    for (let count = Number(rest[0]); count > 0; count--) console.log(await queue.publish(deadLetter()))
  },
  claim: async () => {
    for (const id of rest) {
      const outcome = await queue.updateStatus(id, 'retrying').catch((error: Error) => error)
      if (outcome === undefined) console.log(id)
      else if (outcome.name !== 'DeadLetterConflict') throw outcome
    }
  },
  'claim slowly': async () => {
    stallDisk(5_000)
    await works.claim!()
  },
  shuffle: async () => {
    const statuses: readonly DeadLetterStatus[] = ['resolved', 'abandoned', 'pending']
    const count = Number(rest[1])
    for (let move = 0; move < count; move++) await queue.updateStatus(rest[0]!, statuses[move % statuses.length]!)
    console.log(`${count} moves`)
  },
  huge: async () => {
    await publishOrSay(deadLetter({ message_id: rest[0]!, traceback: 'x'.repeat(100_000) }))
  },
  // Root may write anywhere, and so works as nobody. Only now: what is to be loaded may lie where root alone may read.
  unprivileged: async () => {
    const isRoot = process.getuid!() === 0
    if (isRoot) process.seteuid!(NOBODY)
    await publishOrSay(deadLetter())
    if (isRoot) process.seteuid!(0)
  },
}

function publishOrSay(message: DeadLetterMessage): Promise<void> {
  return queue.publish(message).then(console.log, (error: Error) => console.log(error.message))
}

await works[work]!()
