/**
 * Works on the dead letter queue of the environment as argv[2] says: `publish` as many letters as argv[3] says, and print them as a JSON
 * list; `claim` those that wait, from argv[3] on (ms since the epoch), until there are none, and print their ids; `fail` a job and end
 * with `process.exit()`.
 */
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { getDeadLetterQueue, JobExit, runJobWithDeadLetterQueue } from 'blueprint-tracing/jobs'
import { deadLetter } from '../../support/dead-letters.ts'

const AT_ONCE = 25
const LOOKS = 3
const MAX_PAUSE_MS = 500

const works: Readonly<Record<string, () => Promise<void>>> = {
  async publish() {
    const queue = getDeadLetterQueue()
    const letters = Array.from({ length: Number(process.argv[3]) }, (_, index) =>
      deadLetter({
        original_payload: { mesh: `bünny ${index}`, values: [1, null, { deep: true }] },
        metadata: { index },
      }),
    )
    for (const letter of letters) assert.equal(await queue.publish(letter), letter.message_id)
    console.log(JSON.stringify(letters))
  },

  async claim() {
    await delay(Number(process.argv[3]) - Date.now())
    const queue = getDeadLetterQueue()
    let lost = 0
    // One process may have all that is left in its hands for a moment.
    for (let looks = 0; looks < LOOKS; looks++) {
      for (const { message_id: id } of await queue.getPending(AT_ONCE)) {
        looks = 0
        const outcome = await queue.updateStatus(id, 'retrying', { by: process.pid }).catch((error: Error) => error)
        if (outcome === undefined) console.log(id)
        else if (outcome.name === 'DeadLetterConflict') lost++
        else throw outcome
      }
      await delay(Math.random() * MAX_PAUSE_MS)
    }
    console.error(`lost ${lost}`)
  },

  async fail() {
    const options = { sceneId: 'scene_1', jobType: 'regen3d-job', step: 'regen3d', inputParams: { mesh: 'bunny' } }
    const code = await runJobWithDeadLetterQueue(() => {
      throw new JobExit(65)
    }, options)
    process.exit(code)
  },
}
await works[process.argv[2]!]!()
