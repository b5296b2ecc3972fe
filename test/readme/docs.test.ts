import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createReaderProject, docsPages, programsOf, type Ran, readPage } from '../support/prose.ts'

/** What a program's run is held to beside its exit code and what the page says that it prints. */
type Check = (ran: Ran) => void

const printsAsSaid: Check = () => {}
const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  'docs/backends.md': [printsAsSaid],
  'docs/context.md': [printsAsSaid, printsAsSaid],
  'docs/jobs.md': [({ stderr }) => assert.match(stderr, /simready-job failed: .*kept as dead letter/)],
  'docs/metrics.md': [({ stderr }) => assert.equal(stderr, '')],
  'docs/opentelemetry.md': [({ stderr }) => assert.match(stderr, /job:regen3d-job\n.*weld vertices/)],
  'docs/redaction.md': [
    ({ stderr }) => {
      assert.doesNotMatch(stderr, /hunter2|4929123456789012/)
      assert.match(stderr, /pay with \[redacted\]/)
      assert.match(stderr, /\\"user\\":\\"me\\"/)
    },
  ],
  'docs/spans.md': [
    ({ stderr }) => {
      assert.match(stderr, /readFaces\n.*weld first.*\n.*weld second/)
      assert.doesNotMatch(stderr, /third/)
    },
  ],
  'docs/testing.md': [({ stdout }) => assert.match(stdout, /a scene is regenerated in one trace/)],
}

const project = createReaderProject()
after(() => project.remove())

for (const page of docsPages()) {
  describe(page, () => {
    const text = readPage(page)
    const programs = programsOf(text)
    const checks = CHECKS[page] ?? []

    test('has as many programs as are tested here', () => assert.equal(programs.length, checks.length))

    for (const [index, check] of checks.entries()) {
      test(`its program ${index + 1} does what the page says`, () => {
        const ran = project.run(programs[index]!)
        assert.equal(ran.status, 0, ran.stdout + ran.stderr)
        const said = saidToPrint(text, programs[index]!)
        if (said !== undefined) assert.equal(ran.stdout, `${said}\n`)
        check(ran)
      })
    }
  })
}

test('a page that is held to what it prints says so', () => {
  for (const [page, checks] of Object.entries(CHECKS)) {
    const text = readPage(page)
    const silent = programsOf(text).filter(
      (program, index) => checks[index] === printsAsSaid && saidToPrint(text, program) === undefined,
    )
    assert.deepEqual(silent, [], page)
  }
})

/** What the sentence after a program says that it prints. */
function saidToPrint(page: string, program: string): string | undefined {
  const [, rest = ''] = page.split(`${program}\`\`\`\n`)
  return /^\nIt prints `([^`]+)`/.exec(rest)?.[1]
}
