import { print } from './output.ts'
import { environmentQueue, requireLetter } from './queue.ts'
import { type Command, DONE, parseCommand, UsageError } from './usage.ts'

export const abandon: Command = {
  synopsis: '<id> --reason <text>',
  summary: 'give a dead letter up, and keep the reason in it',
  help: ['', '  --reason <text>   becomes metadata.abandoned_reason'],
  async run(args) {
    const { values, positionals } = parseCommand(args, ['id'], { reason: { type: 'string' } })
    const { reason } = values
    if (typeof reason !== 'string' || reason.trim() === '') throw new UsageError('--reason <text> is missing')
    const queue = environmentQueue()
    const { message_id: id } = await requireLetter(queue, positionals[0]!)
    await queue.markAbandoned(id, reason)
    print(`${id} is abandoned`)
    return DONE
  },
}
