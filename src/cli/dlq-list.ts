import { print, table } from './output.ts'
import { environmentQueue } from './queue.ts'
import { type Command, DONE, parseCommand } from './usage.ts'

const HEADINGS = ['ID', 'STATUS', 'ATTEMPTS', 'LAST FAILURE', 'SCENE', 'JOB', 'ERROR'] as const
const MAX_ERROR_CHARACTERS = 80

export const list: Command = {
  synopsis: '[--json]',
  summary: 'list the dead letters of every status, the oldest failure first',
  help: ['', '  --json   whole messages, as a JSON list'],
  async run(args) {
    const { values } = parseCommand(args, [], { json: { type: 'boolean' } })
    const messages = await environmentQueue().list()
    if (values.json) print(JSON.stringify(messages, undefined, 2))
    else if (messages.length === 0) print('no dead letters')
    else {
      const rows = messages.map(message => [
        message.message_id,
        message.status,
        `${message.attempt_count}/${message.max_attempts}`,
        message.last_failure_time,
        message.scene_id,
        message.job_type,
        `${message.error_type}: ${message.error_message}`,
      ])
      print(table(HEADINGS, rows, MAX_ERROR_CHARACTERS))
    }
    return DONE
  },
}
