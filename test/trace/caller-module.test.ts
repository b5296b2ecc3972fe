import assert from 'node:assert/strict'
import { posix, win32 } from 'node:path'
import test from 'node:test'
import { callerModule, moduleOfStack } from '../../src/trace/caller-module.ts'

const FILE = 'test/trace/caller-module.test.ts'

/** Stands for `traceFunction`: the one whose caller is asked for. */
function callee(): string | undefined {
  return callerModule(callee)
}

test('the module is the file of the caller, relative to the working directory', () => {
  assert.equal(callee(), FILE)
})

test('a caller behind frames without a file is found', () => {
  assert.deepEqual([1].map(callee), [FILE])
  assert.equal(new Function('fn', 'return fn()')(callee), FILE)
})

test('the program may have set any depth of the stack, which stays as it was', t => {
  const { stackTraceLimit } = Error
  t.after(() => {
    Error.stackTraceLimit = stackTraceLimit
  })
  for (const limit of [0, 1, 200]) {
    Error.stackTraceLimit = limit
    const module = callee()
    assert.deepEqual([module, Error.stackTraceLimit], [FILE, limit])
  }
})

test('a stack that cannot be read leaves the module out', t => {
  t.after(() => Reflect.deleteProperty(Error, 'prepareStackTrace'))
  for (const prepare of [Object.assign(() => [], {}), () => undefined, () => '', () => assert.fail('no')]) {
    Error.prepareStackTrace = prepare
    const module = callee()
    Reflect.deleteProperty(Error, 'prepareStackTrace')
    assert.equal(module, undefined)
  }
})

test('a working directory that is gone leaves the module out', t => {
  t.mock.method(process, 'cwd', () => {
    throw new Error('ENOENT')
  })
  assert.equal(callee(), undefined)
})

const DIRECTORY = '/home/me/my app'
const WINDOWS = 'C:\\Users\\me\\my app'

const posixFrames: readonly [what: string, frames: string, module: string | undefined][] = [
  ['a module by its URL', 'at file:///home/me/my%20app/src/a.js:1:2', 'src/a.js'],
  ['escapes of every kind', 'at f (file:///home/me/my%20app/%C3%A9t%C3%A9%20%5B1%5D%25.js:1:2)', 'été [1]%.js'],
  ['a query behind it', 'at f (file:///home/me/my%20app/a.js?v=1:10:5)', 'a.js'],
  ['a path', 'at Object.<anonymous> (/home/me/my app/a.cjs:1:2)', 'a.cjs'],
  ['a path without a name', 'at /home/me/my app/a.cjs:1:2', 'a.cjs'],
  ['parentheses in a path', 'at f (/home/me/my app/copy (2)/a.cjs:1:2)', 'copy (2)/a.cjs'],
  ['parentheses in a path without a name', 'at /home/me/my app/copy (2)/a (b).cjs:1:2', 'copy (2)/a (b).cjs'],
  ['parentheses in a URL', 'at f (file:///home/me/my%20app/copy%20(2)/a.js:1:2)', 'copy (2)/a.js'],
  ['parentheses in a name', 'at Mesh.weld (fast) (file:///home/me/my%20app/a.js:1:2)', 'a.js'],
  ['a colon in a path', 'at f (/home/me/my app/12:30/a.cjs:1:2)', '12:30/a.cjs'],
  ['an await', 'at async file:///home/me/my%20app/a.js:1:2', 'a.js'],
  ['new', 'at new Mesh (/home/me/my app/a.cjs:1:2)', 'a.cjs'],
  ['a name that begins with dots', 'at f (/home/me/my app/..a/b.cjs:1:2)', '..a/b.cjs'],
  ['a file elsewhere', 'at f (/home/me/my app 2/a.cjs:1:2)', '/home/me/my app 2/a.cjs'],
  [
    'an eval',
    'at eval (eval at f (/elsewhere/x.js:1:2), <anonymous>:1:1)\n    at f (/home/me/my app/b.js:1:2)',
    'b.js',
  ],
  ['a native frame', 'at Array.map (<anonymous>)\n    at file:///home/me/my%20app/a.js:1:2', 'a.js'],
  [
    'no file',
    'at data:text/javascript,f():1:1\n    at node:internal/modules/run_main:1:2\n    at [eval]:1:1',
    undefined,
  ],
  ['no frame', '', undefined],
]
for (const [what, frames, module] of posixFrames) {
  test(`of a stack with ${what}, the module is ${module}`, () => {
    assert.equal(moduleOfStack(`Error: (/not/this.js:1:2)\n    ${frames}`, DIRECTORY, posix), module)
  })
}

const windowsFrames: readonly [what: string, frames: string, module: string][] = [
  ['a module by its URL', 'at f (file:///C:/Users/me/my%20app/src/a.js:1:2)', 'src/a.js'],
  ['a path', 'at f (C:\\Users\\me\\my app\\src\\a.cjs:1:2)', 'src/a.cjs'],
  ['a path without a name', 'at C:\\Users\\me\\my app\\copy (2)\\a.cjs:1:2', 'copy (2)/a.cjs'],
  ['a drive in small letters', 'at f (c:\\users\\me\\my app\\a.cjs:1:2)', 'a.cjs'],
  ['a file on another drive', 'at f (D:\\lib (x86)\\a.cjs:1:2)', 'D:\\lib (x86)\\a.cjs'],
  ['a file of another computer', 'at f (file://server/share/a.js:1:2)', '\\\\server\\share\\a.js'],
]
for (const [what, frames, module] of windowsFrames) {
  test(`of a stack of Windows with ${what}, the module is ${module}`, () => {
    assert.equal(moduleOfStack(`    ${frames}`, WINDOWS, win32), module)
  })
}

test('where the working directory is the root, everything lies below it', () => {
  assert.equal(moduleOfStack('    at f (/app/a.cjs:1:2)', '/', posix), 'app/a.cjs')
})
