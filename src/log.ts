import { writeStderr } from './exporters/stderr.ts'
import type { Log } from './pipeline/voice.ts'
import type { Config } from './types/config.ts'
import type { LogLevel } from './types/options.ts'

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

/** The levels that are said, from OTEL_LOG_LEVEL. */
export function levelsUpTo(level: LogLevel | 'none'): readonly LogLevel[] {
  return level === 'none' ? [] : LEVELS.slice(0, LEVELS.indexOf(level) + 1)
}

/** The levels that go to stderr; undefined where a logger of the program's takes all of them. */
export function stderrLevels({
  logger,
  logLevel,
}: Pick<Config, 'logger' | 'logLevel'>): readonly LogLevel[] | undefined {
  if (logger === undefined) return levelsUpTo(logLevel)
  return logger === false ? [] : undefined
}

/** Where the tracer's own lines go. A logger of the program's gets every level and filters by itself. */
export function createLog({ logger, logLevel }: Pick<Config, 'logger' | 'logLevel'>): Log {
  if (logger === false) return () => {}
  const levels = levelsUpTo(logLevel)
  return (level, message) => {
    if (logger === undefined) {
      if (levels.includes(level)) writeStderr([`blueprint-tracing: ${message}\n`])
      return
    }
    try {
      logger[level](message)
    } catch {
      // A logger that throws must not break the program that is being traced.
    }
  }
}
