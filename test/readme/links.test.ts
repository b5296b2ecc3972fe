import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { test } from 'node:test'
import { docsPages, readPage } from '../support/prose.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const README = 'README.md'
const examples = readdirSync(join(ROOT, 'examples')).map(name => `examples/${name}/README.md`)
const PAGES = [
  README,
  'RATIONALE.md',
  'CHANGELOG.md',
  'proto/README.md',
  'bench/README.md',
  'bench/published/report.md',
  ...docsPages(),
  ...examples.filter(file => existsSync(join(ROOT, file))),
]

for (const page of PAGES) {
  test(`every link in ${page} leads somewhere`, () => assert.deepEqual(brokenLinks(page, readPage(page)), []))
}

test('links to a file or a heading that is not there are found', () => {
  const text = '# A page\n\n[1](gone.md) [`2`](jobs.md#gone) [3](#gone) ![4](../gone.svg)\n'
  assert.deepEqual(brokenLinks('docs/page.md', text), ['gone.md', 'jobs.md#gone', '#gone', '../gone.svg'])
})

test('links to what is there, elsewhere, and in code are let alone', () => {
  const code = '```js\nlist[0](gone)\n```\n`list[0](gone)`\n'
  const text = `# A \`page\`, with x_y\n\n[1](jobs.md) [2](../README.md#what-it-costs) [3](#a-page-with-x_y) [4](https://a.example/b)\n${code}`
  assert.deepEqual(brokenLinks('docs/page.md', text), [])
})

test('the README leads to every page of docs', () => {
  const reached = new Set([README])
  for (const page of reached) {
    for (const link of linksOf(readPage(page))) {
      const target = targetOf(page, link)
      if (PAGES.includes(target)) reached.add(target)
    }
  }
  assert.deepEqual(
    docsPages().filter(page => !reached.has(page)),
    [],
  )
})

function brokenLinks(page: string, text: string): string[] {
  return linksOf(text).filter(link => {
    const [file, anchor] = link.split('#')
    const target = targetOf(page, link)
    if (file !== '' && !existsSync(join(ROOT, target))) return true
    return anchor !== undefined && !anchorsOf(file === '' ? text : readPage(target)).has(anchor)
  })
}

/** The relative links, those of images included. */
function linksOf(text: string): string[] {
  const prose = withoutBlocks(text).replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter(link => !/^[a-z]+:/.test(link))
}

function targetOf(page: string, link: string): string {
  const [file] = link.split('#')
  return file === '' ? page : normalize(join(dirname(page), file!)).replaceAll('\\', '/')
}

/** As GitHub names headings: lower case, letters, digits, `_` and `-`, with a dash for each space. */
function anchorsOf(text: string): Set<string> {
  const headings = [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!)
  return new Set(
    headings.map(heading =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '')
}
