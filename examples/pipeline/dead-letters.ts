import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DeadLetterMessage, getDeadLetterQueue } from 'blueprint-tracing/jobs'

/** What the command line is to be told so that the broken scene's step works: the whole mesh in place of the file. */
const FIX = 'npm:bunny'

/** For each dead letter of these traces, how to look at it and how to retry it. */
export async function describeDeadLetters(traceIds: ReadonlySet<string>): Promise<string[]> {
  const pending = await getDeadLetterQueue().getPending()
  return pending.filter(({ traceparent = '' }) => traceIds.has(traceparent.split('-')[1] ?? '')).map(describe)
}

function describe({ message_id: id, job_type, scene_id, step }: DeadLetterMessage): string {
  const program = relative('.', fileURLToPath(new URL(`./steps/${step}.ts`, import.meta.url)))
  return [
    `${job_type} of ${scene_id} left the dead letter ${id}; look at it, and retry it with the whole mesh:`,
    '  npx blueprint-tracing dlq list',
    `  npx blueprint-tracing dlq show ${id}`,
    `  npx blueprint-tracing dlq retry ${id} -- node --import tsx ${program} ${scene_id} ${FIX}`,
  ].join('\n')
}
