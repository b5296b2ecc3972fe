import { isMessageId, MESSAGE_ID_FORM } from '../config/jobs.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../types/jobs.ts'
import { choiceOf } from '../wording.ts'
import { isRecord, read } from './read.ts'

export const STATUSES: readonly DeadLetterStatus[] = ['pending', 'retrying', 'resolved', 'abandoned']

type Check = readonly [field: string, form: string, isRight: (value: unknown) => boolean]

const TEXT = 'text'
const COUNT = 'a positive whole number'
const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0
const isObject = (value: unknown): boolean => isRecord(value) && !Array.isArray(value)
const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))

const CHECKS: readonly Check[] = [
  ['message_id', MESSAGE_ID_FORM, isMessageId],
  ['scene_id', TEXT, isText],
  ['job_type', TEXT, isText],
  ['step', TEXT, isText],
  ['error_type', TEXT, isText],
  ['error_message', TEXT, isText],
  ['error_details', 'an object', isObject],
  ['traceback', TEXT, isText],
  ['attempt_count', COUNT, isCount],
  ['max_attempts', COUNT, isCount],
  ['first_failure_time', 'a time in ISO 8601', isTime],
  ['last_failure_time', 'a time in ISO 8601', isTime],
  ['original_payload', 'an object', isObject],
  ['metadata', 'an object', isObject],
  ['status', choiceOf(STATUSES), value => (STATUSES as readonly unknown[]).includes(value)],
  ['traceparent', 'text, if it is there', value => value === undefined || typeof value === 'string'],
]

/** What is wrong with `value` as a dead letter, in one clause; undefined where it is one. Fields that we do not know are left alone. */
export function faultOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is no JSON object'
  const wrong = CHECKS.find(([field, , isRight]) => !isRight(read(value, field)))
  return wrong && `${wrong[0]} must be ${wrong[1]}`
}

/** The text of a message's file. Throws a TypeError where `message` is none. */
export function formatMessage(message: DeadLetterMessage): string {
  const fault = faultOf(message)
  if (fault !== undefined) throw new TypeError(`this is no dead letter: ${fault}`)
  return `${JSON.stringify(message, undefined, 2)}\n`
}

/** The message that a file's text holds, or what is wrong with it. */
export function parseMessage(text: string): DeadLetterMessage | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text === '' ? 'it is empty' : 'it is no whole JSON text'
  }
  // Other programs write null for what is absent.
  if (isRecord(value) && value.traceparent === null) delete value.traceparent
  return faultOf(value) ?? (value as unknown as DeadLetterMessage)
}

/** Of metadata that a program gave: what JSON would not take is left out. Throws a TypeError where it cannot be read at all. */
export function mergedMetadata(message: DeadLetterMessage, added: unknown): DeadLetterMessage['metadata'] {
  return { ...message.metadata, ...JSON.parse(JSON.stringify(added ?? {})) }
}
