import { defaultLogLevel } from './config/process.ts'
import { createLog } from './log.ts'
import type { Log } from './pipeline/voice.ts'
import { noticeLog, sayOnce as noticeOnce, setNoticeLog } from './trace/notices.ts'
import type { LogLevel } from './types/options.ts'

/** Says a line where the tracer's lines go; on stderr, as OTEL_LOG_LEVEL has it, where none is set up. */
export function say(level: LogLevel, message: string): void {
  presentLog()(level, message)
}

/** As `say`, but once in the life of the process for each `topic`. */
export function sayOnce(topic: string, level: LogLevel, message: string): void {
  presentLog()
  noticeOnce(topic, level, message)
}

function presentLog(): Log {
  if (noticeLog() === undefined) setNoticeLog(createLog({ logger: undefined, logLevel: defaultLogLevel() }))
  return noticeLog()!
}
