import { mkdirSync, rmSync } from 'node:fs'
import { styleText } from 'node:util'
import { type Span, type Stats, setTraceError } from 'blueprint-tracing'
import { getMetrics } from 'blueprint-tracing/metrics'
import { describeDeadLetters } from './dead-letters.ts'
import { launchStep } from './launch.ts'
import { shortfallsOf, totalsOf } from './ledger.ts'
import { describeJobs, type Measured } from './metrics.ts'
import { SCENES, type Scene } from './scenes.ts'
import { readTraceFile } from './trace-file.ts'
import { finishTracing, OUT_DIR, startTracing, TRACE_FILE } from './tracing.ts'
import { renderTrees } from './tree.ts'
import { usdaFile } from './work-files.ts'

const STEPS = ['regen3d', 'simready', 'usd-assembly'] as const
const SCENES_AT_A_TIME = 2
const SERVICE = 'blueprint-pipeline'

rmSync(OUT_DIR, { recursive: true, force: true })
mkdirSync(OUT_DIR)
const tracing = startTracing(SERVICE)
const metrics = getMetrics()
const measured: Measured[] = []
const ledgers: Stats[] = []
const problems: string[] = []

const queue = SCENES.values()
await Promise.all(Array.from({ length: SCENES_AT_A_TIME }, runQueue))
ledgers.push(await finishTracing(tracing))
await summarise()
for (const problem of problems) console.error(styleText('red', problem, { stream: process.stderr }))
if (problems.length > 0) process.exitCode = 1

/** The queue is shared: each runner takes the next scene when it is done with one. */
async function runQueue(): Promise<void> {
  for (const scene of queue) {
    const failure = await tracing.tracer.span(`scene ${scene.id}`, { root: true }, span => runScene(scene, span))
    console.log(judge(scene, failure))
  }
}

/** Returns why the scene failed, if it did. */
async function runScene(scene: Scene, span: Span): Promise<string | undefined> {
  span.setAttributes({ 'scene.id': scene.id, 'scene.parts': scene.parts.length })
  try {
    await metrics.trackJob(SERVICE, scene.id, () => runSteps(scene, span))
    return undefined
  } catch (error) {
    setTraceError(error)
    return (error as Error).message
  }
}

/** Runs the steps in order, and throws why the first that fails did. */
async function runSteps(scene: Scene, span: Span): Promise<void> {
  for (const [index, step] of STEPS.entries()) {
    const { failure, report } = await launchStep(step, scene.id)
    if (report === undefined) problems.push(`${step}-job of ${scene.id} sent no counts: its spans are not in the sums`)
    else {
      ledgers.push(report.stats)
      measured.push(report.metrics)
    }
    if (failure === undefined) continue
    const skipped = STEPS.slice(index + 1)
    if (skipped.length > 0) span.addEvent('steps skipped', { 'pipeline.steps': skipped })
    throw new Error(`${step}-job failed: ${failure}`)
  }
}

function judge(scene: Scene, failure: string | undefined): string {
  if (failure === undefined && scene.expected === 'success') return `${scene.id} is in ${usdaFile(scene)}`
  if (failure !== undefined && scene.expected === 'failure') return `${scene.id} failed as it should: ${failure}`
  problems.push(failure === undefined ? `${scene.id} should have failed` : `${scene.id} failed: ${failure}`)
  return `${scene.id} did not end as it should`
}

async function summarise(): Promise<void> {
  const spans = readTraceFile(TRACE_FILE)
  for (const tree of renderTrees(spans, text => styleText('red', text))) console.log(`\n${tree}`)
  const deadLetters = await describeDeadLetters(new Set(spans.map(span => span.traceId)))
  if (deadLetters.length === 0) problems.push('the failed step left no dead letter')
  for (const text of deadLetters) console.log(`\n${text}`)
  console.log(`\n${describeJobs([...measured, metrics.getStats()]).join('\n')}`)
  const { started, delivered, lost, filed } = totalsOf(ledgers)
  if (spans.length !== filed) problems.push(`the counts say ${filed} spans, but ${TRACE_FILE} holds ${spans.length}`)
  for (const shortfall of shortfallsOf(ledgers)) console.log(shortfall)
  console.log(`\n${TRACE_FILE} holds ${spans.length} spans`)
  console.log(`spans: started ${started}, delivered ${delivered}, lost ${lost}`)
}
