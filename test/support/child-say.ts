/** Says lines before anything is set up, and after that. */
import { initTracing } from '../../src/index.ts'
import { say, sayOnce } from '../../src/say.ts'

say('info', 'early')
for (const _ of ['first', 'second']) sayOnce('topic', 'warn', 'once')
initTracing({ enabled: false, logger: false })
say('error', 'to nobody')
const logger = { error: note, warn: note, info: note, debug: note }
initTracing({ enabled: false, logger })
say('info', 'late')
sayOnce('topic', 'warn', 'not again')

function note(message: string): void {
  console.log(message)
}
