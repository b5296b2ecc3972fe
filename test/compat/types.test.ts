import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

type Row = readonly [what: string, source: string]

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')
const VERSIONS = ['1.4', '1.9', '1.10']

/** Both sides' values by name, so that a row is the one assignment it is about. */
const NAMES = `
import * as otel from '@opentelemetry/api'
import * as tracing from 'blueprint-tracing'

declare const ours: {
  span: tracing.Span
  tracer: tracing.Tracer
  spanContext: tracing.SpanContext
  traceState: tracing.TraceState
  time: tracing.HrTime
}
declare const theirs: {
  span: otel.Span
  spanContext: otel.SpanContext
  traceState: otel.TraceState
  link: otel.Link
  links: otel.Link[]
  attributes: otel.Attributes
  value: otel.AttributeValue
  time: otel.TimeInput
  hrTime: otel.HrTime
  status: otel.SpanStatus
  kind: otel.SpanKind
  code: otel.SpanStatusCode
  options: otel.SpanOptions
  exception: otel.Exception
  context: otel.Context
}
`

const ACCEPTED: readonly Row[] = [
  ['our Span is theirs', 'export const span: otel.Span = ours.span'],
  ['our Tracer is theirs', 'export const tracer: otel.Tracer = ours.tracer'],
  ['getTracer() is their Tracer', 'export const tracer: otel.Tracer = tracing.getTracer()'],
  ["a set-up's tracer is their Tracer", 'export const tracer: otel.Tracer = tracing.getTracing().tracer'],
  ['our SpanContext is theirs', 'export const spanContext: otel.SpanContext = ours.spanContext'],
  ['our TraceState is theirs', 'export const traceState: otel.TraceState = ours.traceState'],
  ['our SpanKind is theirs', 'export const kind: otel.SpanKind = tracing.SpanKind.CLIENT'],
  ['any of our SpanKinds is theirs', 'export const kind = (kind: tracing.SpanKind): otel.SpanKind => kind'],
  ['our SpanStatusCode is theirs', 'export const status: otel.SpanStatus = { code: tracing.SpanStatusCode.ERROR }'],
  [
    'any of our SpanStatusCodes is theirs',
    'export const of = (code: tracing.SpanStatusCode): otel.SpanStatusCode => code',
  ],
  [
    'a TracerProvider that returns our Tracer can be registered',
    'export const done: boolean = otel.trace.setGlobalTracerProvider({ getTracer: () => tracing.getTracer() })',
  ],
  [
    'our Span goes into their context',
    'export const context: otel.Context = otel.trace.setSpan(otel.context.active(), ours.span)',
  ],
  [
    'our SpanContext goes into their helpers',
    `export const valid: boolean = otel.isSpanContextValid(ours.span.spanContext())
     export const wrapped: otel.Span = otel.trace.wrapSpanContext(ours.span.spanContext())`,
  ],
  [
    'our SpanContext goes into their Link',
    'export const link: otel.Link = { context: ours.span.spanContext(), attributes: { key: 1 } }',
  ],
  ['their SpanContext is ours', 'export const spanContext: tracing.SpanContext = theirs.spanContext'],
  ['their TraceState is ours', 'export const traceState: tracing.TraceState = theirs.traceState'],
  ['their Link is ours', 'export const link: tracing.Link = theirs.link'],
  ['their Attributes are ours', 'export const attributes: tracing.Attributes = theirs.attributes'],
  ['their SpanKind is ours', 'export const kind: tracing.SpanKind = theirs.kind'],
  ['their SpanStatusCode is ours', 'export const code: tracing.SpanStatusCode = theirs.code'],
  ['their SpanStatus is ours', 'export const status: tracing.SpanStatus = theirs.status'],
  ['their HrTime is ours', 'export const time: tracing.HrTime = theirs.hrTime'],
  ['their TimeInput is ours', 'export const time: tracing.TimeInput = theirs.time'],
  ['their SpanOptions are ours', 'export const options: tracing.SpanOptions = theirs.options'],
  [
    'every method of our Span takes their inputs',
    `const chained: tracing.Span = ours.span
       .setAttribute('key', theirs.value)
       .setAttributes(theirs.attributes)
       .addEvent('event')
       .addEvent('event', theirs.attributes)
       .addEvent('event', theirs.attributes, theirs.time)
       .addEvent('event', theirs.time)
       .addLink(theirs.link)
       .addLinks(theirs.links)
       .setStatus(theirs.status)
       .setStatus({ code: otel.SpanStatusCode.ERROR, message: 'text' })
       .updateName('name')
     chained.recordException(theirs.exception, theirs.time)
     chained.end(theirs.time)`,
  ],
  [
    'every method of our Tracer takes their options, context and callbacks',
    `const { tracer } = ours
     export const started: otel.Span = tracer.startSpan('name', theirs.options, theirs.context)
     export const server: otel.Span = tracer.startSpan('name', { kind: otel.SpanKind.SERVER, links: theirs.links })
     export const one: number = tracer.startActiveSpan('name', (span: otel.Span) => (span.end(), 1))
     export const two: number = tracer.startActiveSpan('name', theirs.options, (span: otel.Span) => (span.end(), 2))
     export const six: Promise<number> = tracer.startActiveSpan('name', theirs.options, theirs.context, async span => 6)
     export const seven: number = tracer.span('name', theirs.options, (span: otel.Span) => 7)`,
  ],
  [
    'our Span can have their Span or SpanContext as its parent',
    `ours.tracer.startSpan('name', { parent: theirs.span })
     ours.tracer.startSpan('name', { parent: theirs.spanContext })
     tracing.traceJob('name', { parent: theirs.span, links: theirs.links, attributes: theirs.attributes }, () => 1)`,
  ],
  [
    'code written against their Tracer runs on ours',
    `const work = (tracer: otel.Tracer): number =>
       tracer.startActiveSpan('name', { attributes: { key: [1, null] } }, otel.context.active(), span => {
         span.setAttribute('key', 'value').addEvent('event', new Date()).setStatus({ code: otel.SpanStatusCode.OK }).end()
         return 7
       })
     export const seven: number = work(ours.tracer)`,
  ],
]

/** One complaint, and none about a name that does not exist: a property is missing, or a value does not fit. */
const NOT_ASSIGNABLE = /^.+: error TS(?:2322|2345|2739|2741): .+$/

/** A matrix that accepted these would accept anything. */
const REFUSED: readonly Row[] = [
  ['a Span that cannot end', `export const span: otel.Span = {} as Omit<tracing.Span, 'end'>`],
  [
    'a Tracer whose spans are text',
    `export const tracer: otel.Tracer = {} as Omit<tracing.Tracer, 'startSpan'> & { startSpan(name: string): string }`,
  ],
  ['a Tracer as TracerProvider', 'export const provider: otel.TracerProvider = ours.tracer'],
  ['a set-up as Tracer', 'export const tracer: otel.Tracer = tracing.getTracing()'],
  ['an extracted context as SpanContext', 'export const context: otel.SpanContext = tracing.extractTraceContext({})'],
  ['a kind by its name', `ours.tracer.startSpan('name', { kind: 'SERVER' })`],
  ['a status code that does not exist', 'export const status: otel.SpanStatus = { code: 3 as const }'],
  ['their Context as the context of a link', `ours.span.addLink({ context: theirs.context })`],
  ['a time as text', `ours.span.end('now')`],
]

describe('assignments between both packages, whose declarations are checked as well (after a build)', () => {
  let folder: string
  before(() => {
    folder = install()
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const [settings, flags] of [
    ['strict', []],
    ['strict, exactOptionalPropertyTypes', ['--exactOptionalPropertyTypes']],
  ] as const) {
    describe(settings, () => {
      let complaints: readonly string[]
      before(() => {
        complaints = compile(folder, flags)
      })

      test('nothing is said but of the programs', () => {
        const programs = new Set(VERSIONS.flatMap(version => filesOf(version)))
        assert.deepEqual(
          complaints.filter(line => !programs.has(line.slice(0, line.indexOf('(')))),
          [],
        )
      })
      for (const version of VERSIONS) {
        for (const [index, [what]] of ACCEPTED.entries()) {
          test(`@opentelemetry/api ${version}: ${what}`, () => {
            assert.deepEqual(complaintsOf(complaints, `${version}/accepted-${index}.ts`), [])
          })
        }
        for (const [index, [what]] of REFUSED.entries()) {
          test(`@opentelemetry/api ${version} refuses ${what}`, () => {
            const lines = complaintsOf(complaints, `${version}/refused-${index}.ts`)
            assert.match(lines.join('\n'), NOT_ASSIGNABLE)
          })
        }
      }
    })
  }
})

for (const version of VERSIONS) {
  test(`otel-api-${version} is @opentelemetry/api ${version}`, () => {
    const manifest = readFileSync(join(ROOT, `node_modules/otel-api-${version}/package.json`), 'utf8')
    const { name, version: installed } = JSON.parse(manifest) as { readonly name: string; readonly version: string }
    assert.equal(name, '@opentelemetry/api')
    assert.ok(installed.startsWith(`${version}.`), installed)
  })
}

function filesOf(version: string): string[] {
  const accepted = Array.from(ACCEPTED.keys(), index => `${version}/accepted-${index}.ts`)
  return [...accepted, ...Array.from(REFUSED.keys(), index => `${version}/refused-${index}.ts`)]
}

/** A project with our package, in it one for each version of theirs, and there a file for each row. */
function install(): string {
  const folder = mkdtempSync(join(tmpdir(), 'compat-types-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const path of ['package.json', 'dist/types']) {
    cpSync(join(ROOT, path), join(folder, 'node_modules/blueprint-tracing', path), { recursive: true })
  }
  for (const version of VERSIONS) {
    const scope = join(folder, version, 'node_modules/@opentelemetry')
    mkdirSync(scope, { recursive: true })
    symlinkSync(join(ROOT, `node_modules/otel-api-${version}`), join(scope, 'api'), 'junction')
    const sources = [...ACCEPTED, ...REFUSED].map(([, source]) => source)
    for (const [index, file] of filesOf(version).entries()) {
      writeFileSync(join(folder, file), `${NAMES}${sources[index]}\n`)
    }
  }
  return folder
}

/** The first lines of what the compiler has to say. One run for all versions: most of its time goes into Node's types. */
function compile(folder: string, flags: readonly string[]): readonly string[] {
  const language = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--module', 'node16']
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]
  const args = [COMPILER, ...language, ...types, ...flags, ...VERSIONS.flatMap(filesOf)]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  assert.equal(stderr, '')
  return stdout.split('\n').filter(line => line !== '' && !line.startsWith(' '))
}

function complaintsOf(complaints: readonly string[], file: string): string[] {
  return complaints.filter(line => line.startsWith(`${file}(`))
}
