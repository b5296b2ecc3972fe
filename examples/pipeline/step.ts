import { mkdirSync } from 'node:fs'
import type { Stats } from 'blueprint-tracing'
import { runJobWithDeadLetterQueue } from 'blueprint-tracing/jobs'
import { getMetrics } from 'blueprint-tracing/metrics'
import { lingerForScrape, type Measured, measured } from './metrics.ts'
import { findScene, type Scene, withSource } from './scenes.ts'
import { sourceName } from './source.ts'
import { readTraceFile } from './trace-file.ts'
import { finishTracing, startTracing, TRACE_FILE } from './tracing.ts'
import { renderTrees } from './tree.ts'
import { workDir } from './work-files.ts'

/** What a step's process tells the orchestrator before it ends. */
export interface StepReport {
  /** What became of this process's spans. */
  readonly stats: Stats
  readonly metrics: Measured
  /** Why the step failed, if it did. */
  readonly error?: string
}

/**
 * Runs a step as the whole work of this process, on the scene that the command line names; a source behind it is taken for the
 * scene's meshes. A failure becomes a dead letter, and both ways the run is measured.
 */
export async function runStep(jobName: string, work: (scene: Scene) => void): Promise<void> {
  const tracing = startTracing(jobName)
  const metrics = getMetrics()
  const [, , sceneId, source] = process.argv
  const scene = withSource(findScene(sceneId), source)
  mkdirSync(workDir(scene), { recursive: true })
  const inputParams = { scene: scene.id, sources: scene.parts.map(part => sourceName(part.source)) }
  const job = { sceneId: scene.id, jobType: jobName, step: jobName.replace(/-job$/, ''), inputParams }
  let error: string | undefined
  process.exitCode = await runJobWithDeadLetterQueue(() => {
    try {
      metrics.trackJob(jobName, scene.id, () => work(scene))
    } catch (failure) {
      error = String(failure)
      throw failure
    }
  }, job)
  const stats = await finishTracing(tracing)
  const report: StepReport = { stats, metrics: measured(), ...(error !== undefined && { error }) }
  if (process.send !== undefined) {
    process.send(report)
    return
  }
  console.log(lastTree())
  await lingerForScrape()
}

/** For who runs a step by hand: the trace that it has just added to the file. */
function lastTree(): string {
  const trees = renderTrees(readTraceFile(TRACE_FILE), text => text)
  return `\n${trees.at(-1)}`
}
