/**
 * Puts a secret of its own into every field of a span that is named in argv[3], a comma list, and redacts as argv[2] says.
 * `s3cr3t-<field>-end` matches as a whole only.
 */
import { getTracer, setTraceError } from 'blueprint-tracing'
import { startTracing } from './common.mjs'

const [mode, list] = process.argv.slice(2)
const fields = new Set(list.split(','))
const SECRET = /s3cr3t-[a-z]+-end/

const redact = {
  none: undefined,
  keys: { keys: ['password', /^exception\./] },
  values: { values: [SECRET, /\b\d{16}\b/] },
  with: { with: (_field, text) => text.replaceAll(new RegExp(SECRET, 'g'), '***') },
}[mode]

/** The secret of a field, or what is no secret where the field is not asked for. */
const secret = field => (fields.has(field) ? `s3cr3t-${field}-end` : 'plain')

startTracing({ redact, resource: { password: secret('resource'), host: { password: secret('resourceobject') } } })

const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
const cause = new Error(secret('cause'))
const member = new TypeError(secret('member'))
const error = new AggregateError([member], secret('message'), { cause })
error.stack += `\n    at ${secret('stack')} (file.js:1:1)`
error.name = secret('type')

const span = getTracer().startSpan(secret('name'), {
  attributes: { 'start.password': secret('atstart') },
  links: [{ context, attributes: { password: secret('link'), object: { password: secret('linkobject') } } }],
})
span.setAttributes({
  password: secret('value'),
  'db.password': [secret('element'), 'plain'],
  config: { db: { password: secret('nested') }, list: [{ Password: secret('deep') }], password: ['"', secret('list')] },
  map: new Map([['password', new Set([secret('map')])]]),
  [secret('key')]: 1,
  inner: { [secret('innerkey')]: 1 },
  error: new Error(secret('error')),
  'card.password': fields.has('number') ? 4929123456789012 : 0,
  'card.object': { password: fields.has('number') ? 4929123456789012 : 0 },
})
span.addEvent(secret('event'), { password: secret('eventvalue'), list: [{ password: secret('eventobject') }] })
span.recordException(error)
span.setStatus({ code: 2, message: secret('status') })
span.updateName(secret('name'))
span.end()
getTracer().startActiveSpan('current', current => {
  setTraceError(new Error(secret('thrown')))
  current.end()
})
