import { fork } from 'node:child_process'
import { once } from 'node:events'
import { childEnv } from 'blueprint-tracing'
import type { StepReport } from './step.ts'

export interface StepEnd {
  /** Why the step failed. */
  readonly failure: string | undefined
  /** Absent where the process died before it could send one. */
  readonly report: StepReport | undefined
}

/** Runs `steps/<step>.ts` in a process of its own. The current span reaches it through the environment alone. */
export async function launchStep(step: string, sceneId: string): Promise<StepEnd> {
  // Each process says where its spans go; once, by the orchestrator, is enough.
  const env = childEnv({ OTEL_LOG_LEVEL: 'warn', ...process.env })
  // One port is one process's: the orchestrator's, which lives long enough to be scraped. A step hands over what it has measured.
  if (env.METRICS_BACKEND === 'prometheus') env.METRICS_BACKEND = 'in_memory'
  const child = fork(new URL(`./steps/${step}.ts`, import.meta.url), [sceneId], { env })
  let report: StepReport | undefined
  child.on('message', message => {
    report = message as StepReport
  })
  // Both: a message may still be on its way when the process has ended.
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
  const failure = code === 0 ? undefined : (report?.error ?? `ended with ${signal ?? `exit code ${code}`}`)
  return { failure, report }
}
