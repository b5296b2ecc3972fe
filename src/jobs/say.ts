import { createLog } from '../log.ts'
import { presentConfig } from '../tracing.ts'
import type { LogLevel } from '../types/options.ts'

/** Says a line where the present set-up says its own: to the program's logger, or to stderr. */
export function say(level: LogLevel, message: string): void {
  createLog(presentConfig() ?? { logger: undefined, logLevel: 'info' })(level, message)
}
