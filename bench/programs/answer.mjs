/** Says that the program is ready and answers each message of its parent with what `answer` gives for it. */
export function answerMessages(answer) {
  process.on('message', async message => process.send(await answer(message)))
  process.on('disconnect', () => process.exit())
  process.send('ready')
}
