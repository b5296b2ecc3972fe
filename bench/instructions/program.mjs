// Runs one subject, which is bundled into one file, a number of times. argv: file, times
import { pathToFileURL } from 'node:url'

const [file, times] = process.argv.slice(2)
const { create } = await import(pathToFileURL(file).href)
const run = create('repeated')
for (let i = 0; i < Number(times); i++) run()
