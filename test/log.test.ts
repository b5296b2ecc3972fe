import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLog, levelsUpTo, stderrLevels } from '../src/log.ts'
import type { Logger, LogLevel } from '../src/types/options.ts'

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

describe('the levels that are said at', () => {
  const rows: [level: LogLevel | 'none', said: string][] = [
    ['none', ''],
    ['error', 'error'],
    ['warn', 'error warn'],
    ['info', 'error warn info'],
    ['debug', 'error warn info debug'],
  ]
  for (const [level, said] of rows) {
    test(`${level}: ${said || 'none'}`, () => assert.equal(levelsUpTo(level).join(' '), said))
  }
})

test("a program's logger gets every level, and as its method", () => {
  const logger = {
    lines: [] as string[],
    error(message: string) {
      this.lines.push(`error ${message}`)
    },
    warn(message: string) {
      this.lines.push(`warn ${message}`)
    },
    info(message: string) {
      this.lines.push(`info ${message}`)
    },
    debug(message: string) {
      this.lines.push(`debug ${message}`)
    },
  }
  const log = createLog({ logger, logLevel: 'none' })
  for (const level of LEVELS) log(level, 'x')
  assert.deepEqual(logger.lines, ['error x', 'warn x', 'info x', 'debug x'])
})

test('a logger that throws breaks nothing', () => {
  const fail = (): never => {
    throw new Error('logging failed')
  }
  const log = createLog({ logger: { error: fail, warn: fail, info: fail, debug: fail }, logLevel: 'debug' })
  assert.doesNotThrow(() => log('error', 'x'))
})

const destinations: readonly [
  what: string,
  logger: Logger | false | undefined,
  levels: readonly string[] | undefined,
][] = [
  ['no logger', undefined, ['error', 'warn']],
  ['no lines wanted', false, []],
  ["a logger of the program's", console, undefined],
]
for (const [what, logger, levels] of destinations) {
  test(`with ${what}, ${levels?.join(' and ') || 'nothing'} goes to stderr`, () => {
    assert.deepEqual(stderrLevels({ logger, logLevel: 'warn' }), levels)
  })
}
