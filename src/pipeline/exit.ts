/** A set-up that has to be drained before the process ends. */
export interface ExitParticipant {
  readonly exitTimeoutMs: number
  readonly handleSignals: boolean
  /** Its export needs the event loop, so that it can only be drained while that turns. */
  readonly needsEventLoop: boolean
  readonly hasPending: boolean
  /** Ends what is open, then blocks until everything is settled, at most `budgetMs`. `error`: what brought the process down. */
  finish(error: unknown, budgetMs: number): void
  flush(options: { timeoutMs: number }): Promise<unknown>
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

const participants = new Set<ExitParticipant>()
const flushedAtEnd = new Set<ExitParticipant>()
let uncaught: unknown
let installed = false
let signalsInstalled = false

/** Drains `participant` however the process ends: naturally, by process.exit, a throw, a rejection, or one of SIGNALS. */
export function finishAtExit(participant: ExitParticipant): void {
  participants.add(participant)
  if (!installed) install()
  if (participant.handleSignals && !signalsInstalled) installSignals()
}

/** For a set-up that has been shut down; false if it was forgotten before. */
export function forgetAtExit(participant: ExitParticipant): boolean {
  return participants.delete(participant)
}

function install(): void {
  installed = true
  // The monitor sees an uncaught error, or an unhandled rejection, without keeping Node from its default.
  process.on('uncaughtExceptionMonitor', error => {
    uncaught = error
  })
  process.on('exit', finishAll)
  process.on('beforeExit', () => void flushOnEventLoop())
}

function finishAll(): void {
  const deadlineMs = performance.now() + budgetMs()
  for (const participant of participants) participant.finish(uncaught, Math.max(0, deadlineMs - performance.now()))
  participants.clear()
}

function budgetMs(): number {
  return Math.max(0, ...[...participants].map(participant => participant.exitTimeoutMs))
}

/** A natural end leaves time for those that export on this thread; each gets it once. */
async function flushOnEventLoop(): Promise<void> {
  const waiting = [...participants].filter(
    participant => participant.needsEventLoop && participant.hasPending && !flushedAtEnd.has(participant),
  )
  await Promise.all(
    waiting.map(participant => {
      flushedAtEnd.add(participant)
      return participant.flush({ timeoutMs: participant.exitTimeoutMs })
    }),
  )
}

function installSignals(): void {
  // Worker threads receive no signals.
  if (!process.getBuiltinModule('node:worker_threads').isMainThread) return
  signalsInstalled = true
  for (const signal of SIGNALS) process.on(signal, onSignal)
}

/** Where the program has a handler of its own, that one decides what the signal means. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  const needLoop = [...participants].filter(participant => participant.needsEventLoop)
  const flushed = Promise.all(needLoop.map(participant => participant.flush({ timeoutMs: participant.exitTimeoutMs })))
  if (needLoop.length === 0) finishAndRaise(signal)
  else void flushed.then(() => finishAndRaise(signal))
}

/** Without our handler the signal has its default effect, so that the process's status is the signal's. */
function finishAndRaise(signal: NodeJS.Signals): void {
  finishAll()
  process.removeListener(signal, onSignal)
  process.kill(process.pid, signal)
}
