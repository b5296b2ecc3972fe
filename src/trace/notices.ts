import { sharedPart } from '../shared-state.ts'
import type { LogLevel } from '../types/options.ts'

type Say = (level: LogLevel, message: string) => void

interface NoticeState {
  /** Of the present set-up. */
  say: Say | undefined
  readonly known: Set<string>
  waiting: [level: LogLevel, message: string][]
}

const state = sharedPart<NoticeState>('notices', () => ({ say: undefined, known: new Set(), waiting: [] }))

/** Says a line about `topic` once in the life of the process: at once, or as soon as a set-up knows where lines go. */
export function sayOnce(topic: string, level: LogLevel, message: string): void {
  if (state.known.has(topic)) return
  state.known.add(topic)
  if (state.say === undefined) state.waiting.push([level, message])
  else state.say(level, message)
}

/** Where a line would be said at once; undefined while nobody knows. */
export function noticeLog(): Say | undefined {
  return state.say
}

/** Sets where the lines go from now on; those that have waited go there first. */
export function setNoticeLog(say: Say): void {
  state.say = say
  const { waiting } = state
  state.waiting = []
  for (const [level, message] of waiting) say(level, message)
}
