import { sharedPart } from '../shared-state.ts'

/** A set-up that has to be drained before the process ends. Deadlines are readings of `performance.now()`. */
export interface ExitParticipant {
  readonly exitTimeoutMs: number
  readonly handleSignals: boolean
  /** Something is pending that can only be drained while the event loop turns. */
  readonly needsEventLoop: boolean
  /** `awaitSettled` delivers what does not need the event loop. */
  readonly canBeAwaited: boolean
  /** `error`: what brought the process down. */
  closeOpenSpans(error: unknown): void
  /** Has everything that ended so far sent, without waiting for it. */
  hasten(deadlineMs: number): void
  /** Blocks until that is settled. */
  awaitSettled(deadlineMs: number): void
  /** Nothing more will be delivered: counts and says what was lost. */
  conclude(): void
  flush(options: { timeoutMs: number }): Promise<unknown>
  /** Gives up what needs the event loop, also what is under way there: it could hold the process. */
  leaveEventLoop(): Promise<unknown>
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
/** Of a container. The kernel spares it the default effect of signals: it goes on, and its tracing with it. */
const FIRST_PROCESS = 1

/** What the event loop may take of the time: spans that are closed at exit need the rest. */
const EVENT_LOOP_SHARE = 3 / 4

interface ExitState {
  readonly participants: Set<ExitParticipant>
  /** What each has left of its `exitTimeoutMs`: there are several natural ends where a listener finds more to do. */
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
  state.deadlineMs ??= performance.now() + Math.max(0, ...Array.from(participants, timeLeftMs))
  const { deadlineMs } = state
  for (const participant of participants) participant.hasten(deadlineMs)
  for (const participant of participants) participant.awaitSettled(deadlineMs)
}

function timeLeftMs(participant: ExitParticipant): number {
  return leftMs.get(participant) ?? participant.exitTimeoutMs
}

/** A natural end leaves time for those that export on this thread. */
async function flushOnEventLoop(): Promise<void> {
  const late = [...participants].filter(participant => participant.needsEventLoop)
  await Promise.all(
    late.map(async participant => {
      const inTime = await flushInTime(participant)
      if (!inTime && participant.needsEventLoop) await participant.leaveEventLoop()
    }),
  )
}

/** False if the time that the event loop may take was not enough. */
async function flushInTime(participant: ExitParticipant): Promise<boolean> {
  const leftBeforeMs = timeLeftMs(participant)
  const timeoutMs = participant.canBeAwaited ? Math.floor(leftBeforeMs * EVENT_LOOP_SHARE) : leftBeforeMs
  const startMs = performance.now()
  await participant.flush({ timeoutMs })
  // Timers may be early by less than a millisecond.
  const takenMs = Math.ceil(performance.now() - startMs)
  leftMs.set(participant, Math.max(0, leftBeforeMs - takenMs))
  return takenMs < timeoutMs
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
  if (process.pid === FIRST_PROCESS) {
    for (const participant of participants) void participant.flush({ timeoutMs: participant.exitTimeoutMs })
    return
  }
  const late = [...participants].filter(participant => participant.needsEventLoop)
  if (late.length === 0) finishAndRaise(signal)
  else void Promise.all(late.map(flushInTime)).then(() => finishAndRaise(signal))
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
