// A command that is run as a further attempt: prints what it was given, and ends as argv[2] says.
import { readFileSync } from 'node:fs'

const { JOB_PAYLOAD, JOB_MESSAGE_ID, JOB_ATTEMPT, JOB_PREVIOUS_TRACEPARENTS, TRACEPARENT, TRACESTATE } = process.env
const variables = { JOB_PAYLOAD, JOB_MESSAGE_ID, JOB_ATTEMPT, JOB_PREVIOUS_TRACEPARENTS, TRACEPARENT, TRACESTATE }
console.log(JSON.stringify({ stdin: readFileSync(0, 'utf8'), variables }))
const [, , end = '0'] = process.argv
if (/^\d+$/.test(end)) process.exitCode = Number(end)
else {
  process.kill(process.pid, end)
  setInterval(() => {}, 1000)
}
