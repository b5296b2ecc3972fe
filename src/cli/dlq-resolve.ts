import { print } from './output.ts'
import { environmentQueue, requireLetter } from './queue.ts'
import { type Command, DONE, parseCommand } from './usage.ts'

export const resolve: Command = {
  synopsis: '<id>',
  summary: 'mark a dead letter as seen to',
  help: [],
  async run(args) {
    const { positionals } = parseCommand(args, ['id'])
    const queue = environmentQueue()
    const { message_id: id } = await requireLetter(queue, positionals[0]!)
    await queue.markResolved(id)
    print(`${id} is resolved`)
    return DONE
  },
}
