import { relative } from 'node:path'

/** A reporter of node:test that says of each failed test its file, its name and the first line of why. */
export default async function* failures(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.details.type === 'suite') continue
    const { error } = data.details
    const [reason] = String(error?.cause?.message ?? error?.message).split('\n', 1)
    yield `FAILED ${relative(process.cwd(), data.file ?? '')} ${data.name}: ${reason}\n`
  }
}
