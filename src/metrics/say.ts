import { defaultLogLevel } from '../config/process.ts'
import { createLog } from '../log.ts'
import { hasNoticeLog, sayOnce, setNoticeLog } from '../trace/notices.ts'
import type { LogLevel } from '../types/options.ts'

/** Says a line about `topic` once, where the tracer's lines go; on stderr, as OTEL_LOG_LEVEL has it, where none is set up. */
export function say(topic: string, level: LogLevel, message: string): void {
  if (!hasNoticeLog()) setNoticeLog(createLog({ logger: undefined, logLevel: defaultLogLevel() }))
  sayOnce(topic, level, message)
}
