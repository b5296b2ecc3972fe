import assert from 'node:assert/strict'
import test from 'node:test'
import { sayOnce, setNoticeLog } from '../../src/trace/notices.ts'

test('a line waits for the first log, is said once, and later ones go to the log that is present', () => {
  const first: string[] = []
  const second: string[] = []
  sayOnce('topic', 'warn', 'early')
  sayOnce('topic', 'warn', 'again')
  setNoticeLog((level, message) => first.push(`${level}: ${message}`))
  sayOnce('topic', 'warn', 'and again')
  sayOnce('other', 'debug', 'at once')
  setNoticeLog((level, message) => second.push(`${level}: ${message}`))
  sayOnce('third', 'info', 'elsewhere')
  assert.deepEqual([first, second], [['warn: early', 'debug: at once'], ['info: elsewhere']])
})
