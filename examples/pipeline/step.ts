import { mkdirSync } from 'node:fs'
import { type Stats, traceJob } from 'blueprint-tracing'
import { findScene, type Scene } from './scenes.ts'
import { finishTracing, startTracing } from './tracing.ts'
import { workDir } from './work-files.ts'

/** What a step's process tells the orchestrator before it ends. */
export interface StepReport {
  /** What became of this process's spans. */
  readonly stats: Stats
  /** Why the step failed, if it did. */
  readonly error?: string
}

/** Runs a step as the whole work of this process, on the scene that the command line names. */
export async function runStep(jobName: string, work: (scene: Scene) => void): Promise<void> {
  const tracing = startTracing(jobName)
  const scene = findScene(process.argv[2])
  mkdirSync(workDir(scene), { recursive: true })
  const error = messageOfFailure(() => traceJob(jobName, { sceneId: scene.id }, () => work(scene)))
  if (error !== undefined) process.exitCode = 1
  const report: StepReport = { stats: await finishTracing(tracing), ...(error !== undefined && { error }) }
  process.send?.(report)
}

function messageOfFailure(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return String(error)
  }
}
