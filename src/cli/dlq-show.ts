import { printableText } from '../net/printable.ts'
import { parseTraceparent } from '../propagation/traceparent.ts'
import type { DeadLetterMessage } from '../types/jobs.ts'
import { print, printableLines } from './output.ts'
import { environmentQueue, requireLetter } from './queue.ts'
import { type Command, DONE, parseCommand } from './usage.ts'

const MAX_LINE_CHARACTERS = 1_000

export const show: Command = {
  synopsis: '<id> [--json]',
  summary: 'show one dead letter, and how to find its trace',
  help: ['', '  --json   the message as it is stored'],
  async run(args) {
    const { values, positionals } = parseCommand(args, ['id'], { json: { type: 'boolean' } })
    const message = await requireLetter(environmentQueue(), positionals[0]!)
    print(values.json ? JSON.stringify(message, undefined, 2) : describe(message))
    return DONE
  },
}

function describe(message: DeadLetterMessage): string {
  const { category, severity, retryable } = message.error_details
  const retry = retryable ? 'a retry may help as it is' : 'something has to change before a retry'
  const fields: readonly [name: string, value: string][] = [
    ['id', message.message_id],
    ['status', message.status],
    ['job', `${message.job_type}, step ${message.step}, scene ${message.scene_id}`],
    ['error', `${message.error_type}: ${message.error_message}`],
    ['kind', `${category}, ${severity}; ${retry}`],
    ['attempts', `${message.attempt_count} of ${message.max_attempts}`],
    ['first failure', message.first_failure_time],
    ['last failure', message.last_failure_time],
  ]
  const lines = fields.map(([name, value]) => `${name.padEnd(15)}${printableText(String(value), MAX_LINE_CHARACTERS)}`)
  return [
    ...lines,
    ...traceLines(message),
    ...block('payload', JSON.stringify(message.original_payload, undefined, 2)),
    ...block('metadata', JSON.stringify(message.metadata, undefined, 2)),
    ...block('context', JSON.stringify(message.error_details.context ?? {}, undefined, 2)),
    ...block('traceback', message.traceback),
  ].join('\n')
}

function traceLines({ traceparent = '' }: DeadLetterMessage): string[] {
  const traceId = parseTraceparent(traceparent)?.traceId
  if (traceId === undefined) return [`${'trace'.padEnd(15)}none: tracing was off`]
  return [
    `${'trace'.padEnd(15)}${traceId}`,
    `  in Jaeger    <its page>/trace/${traceId}`,
    `  in Zipkin    <its page>/zipkin/traces/${traceId}`,
    `  in a file    grep ${traceId} traces.jsonl`,
  ]
}

function block(name: string, text: string): string[] {
  return ['', `${name}:`, printableLines(text).replaceAll(/^/gm, '  ')]
}
