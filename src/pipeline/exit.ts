import { sharedPart } from '../shared-state.ts'

/** A set-up that has to be drained before the process ends. Deadlines are readings of `performance.now()`. */
export interface ExitParticipant {
  readonly exitTimeoutMs: number
  readonly handleSignals: boolean
  /** Its export needs the event loop, so that it can only be drained while that turns. */
  readonly needsEventLoop: boolean
  readonly hasPending: boolean
  /** `error`: what brought the process down. */
  closeOpenSpans(error: unknown): void
  /** Has everything that ended so far sent, without waiting for it. */
  hasten(deadlineMs: number): void
  /** Blocks until that is settled. */
  awaitSettled(deadlineMs: number): void
  /** Nothing more will be delivered: counts and says what was lost. */
  conclude(): void
  flush(options: { timeoutMs: number }): Promise<unknown>
  /** Gives up what is under way, too. */
  shutdown(options: { timeoutMs: number }): Promise<unknown>
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

interface ExitState {
  readonly participants: Set<ExitParticipant>
  /** What each has left of its time at natural ends, of which there are several where a listener finds more to do. */
  readonly leftMs: WeakMap<ExitParticipant, number>
  deadlineMs: number | undefined
  uncaught: unknown
  installed: boolean
  signalsInstalled: boolean
}

/** Of two signal handlers each would take the other for the program's own, and both would step aside. */
const state = sharedPart<ExitState>('exit', () => ({
  participants: new Set(),
  leftMs: new WeakMap(),
  deadlineMs: undefined,
  uncaught: undefined,
  installed: false,
  signalsInstalled: false,
}))
const { participants, leftMs } = state

/** Drains `participant` however the process ends: naturally, by process.exit, a throw, a rejection, or one of SIGNALS. */
export function finishAtExit(participant: ExitParticipant): void {
  participants.add(participant)
  if (!state.installed) install()
  if (participant.handleSignals && !state.signalsInstalled) installSignals()
}

/** For a set-up that has been shut down; false if it was forgotten before. */
export function forgetAtExit(participant: ExitParticipant): boolean {
  return participants.delete(participant)
}

function install(): void {
  state.installed = true
  // The monitor sees an uncaught error, or an unhandled rejection, without keeping Node from its default.
  process.on('uncaughtExceptionMonitor', error => {
    state.uncaught = error
  })
  // Listeners that were there first may end spans, which `finishAll` delivers, or call process.exit, which passes it over.
  process.prependListener('exit', drainAll)
  process.on('exit', finishAll)
  process.on('beforeExit', () => void flushOnEventLoop())
}

function finishAll(): void {
  for (const participant of participants) participant.closeOpenSpans(state.uncaught)
  drainAll()
  for (const participant of participants) participant.conclude()
  participants.clear()
}

/** However often it is called, all of them share one deadline. */
function drainAll(): void {
  state.deadlineMs ??= performance.now() + Math.max(0, ...[...participants].map(each => each.exitTimeoutMs))
  const { deadlineMs } = state
  for (const participant of participants) participant.hasten(deadlineMs)
  for (const participant of participants) participant.awaitSettled(deadlineMs)
}

/** A natural end leaves time for those that export on this thread. */
async function flushOnEventLoop(): Promise<void> {
  const waiting = [...participants].filter(participant => participant.needsEventLoop && participant.hasPending)
  await Promise.all(waiting.map(flushWithin))
}

async function flushWithin(participant: ExitParticipant): Promise<void> {
  const timeoutMs = leftMs.get(participant) ?? participant.exitTimeoutMs
  const startMs = performance.now()
  await participant.flush({ timeoutMs })
  // Timers may be early by less than this.
  const left = Math.floor(timeoutMs - (performance.now() - startMs))
  leftMs.set(participant, Math.max(0, left))
  // A lookup that is under way would hold the process further.
  if (left <= 0) await participant.shutdown({ timeoutMs: 0 })
}

function installSignals(): void {
  // Worker threads receive no signals.
  if (!process.getBuiltinModule('node:worker_threads').isMainThread) return
  state.signalsInstalled = true
  for (const signal of SIGNALS) process.prependListener(signal, onSignal)
}

/** Where the program has a handler of its own, that one decides what the signal means. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) {
    stepAside(signal)
    return
  }
  const needLoop = [...participants].filter(participant => participant.needsEventLoop)
  const flushed = Promise.all(needLoop.map(participant => participant.flush({ timeoutMs: participant.exitTimeoutMs })))
  if (needLoop.length === 0) finishAndRaise(signal)
  else void flushed.then(() => finishAndRaise(signal))
}

/**
 * Some handlers, those of signal-exit among them, raise the signal again only if there are no others. So ours is away while
 * they run, and back as soon as one of them has been removed: the signal raised then comes here.
 */
function stepAside(signal: NodeJS.Signals): void {
  const comeBack = (): void => {
    process.removeListener('removeListener', comeBack)
    if (!process.listeners(signal).includes(onSignal)) process.prependListener(signal, onSignal)
  }
  process.removeListener(signal, onSignal)
  process.on('removeListener', comeBack)
  process.nextTick(comeBack)
}

/** Without our handler the signal has its default effect, so that the process's status is the signal's. */
function finishAndRaise(signal: NodeJS.Signals): void {
  finishAll()
  process.removeListener(signal, onSignal)
  process.kill(process.pid, signal)
}
