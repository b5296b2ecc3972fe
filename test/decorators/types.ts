// Compiled with both kinds of decorators, not run: traceFunction keeps the types of what it traces, and takes nothing else.
import { type TraceFunctionDecorator, traceFunction } from 'blueprint-tracing'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function assertType<_Holds extends true>(): void {}

function overloaded(value: string): string
function overloaded(value: number): number
function overloaded(value: string | number): string | number {
  return value
}
function generic<T extends object>(this: Date, value: T, ...rest: readonly string[]): [T, string] {
  return [value, rest.join()]
}
async function load(path: string, limit?: number): Promise<Uint8Array> {
  return new Uint8Array(limit ?? path.length)
}
function* faces(limit: number): Generator<number, string, boolean> {
  return String(yield limit)
}
async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {}
const withStatics = Object.assign((a: number): number => a, { displayName: 'a' })

const traced = {
  overloaded: traceFunction(overloaded),
  generic: traceFunction('generic', generic),
  load: traceFunction({ name: 'load', kind: 2, attributes: { a: 1 } }, load),
  faces: traceFunction(faces),
  chunks: traceFunction({}, chunks),
  withStatics: traceFunction(withStatics),
}
assertType<Equal<typeof traced.overloaded, typeof overloaded>>()
assertType<Equal<typeof traced.generic, typeof generic>>()
assertType<Equal<typeof traced.load, typeof load>>()
assertType<Equal<typeof traced.faces, typeof faces>>()
assertType<Equal<typeof traced.chunks, typeof chunks>>()
assertType<Equal<typeof traced.withStatics, typeof withStatics>>()

const inline = traceFunction('inline', (a: number, b?: number) => a + (b ?? 2))
assertType<Equal<typeof inline, (a: number, b?: number) => number>>()

const decorators = [traceFunction(), traceFunction('name'), traceFunction({ kind: 1 }), traceFunction(undefined)]
assertType<Equal<typeof decorators, TraceFunctionDecorator[]>>()

// @ts-expect-error: a kind is a number.
traceFunction({ kind: 'SERVER' })
// @ts-expect-error: there is no such option.
traceFunction({ nane: 'x' }, load)
// @ts-expect-error: what is traced is a function.
traceFunction('name', 7)
// @ts-expect-error: the options come first.
traceFunction(load, { name: 'x' })
// @ts-expect-error: the receiver is a Date.
traced.generic.call('text', {})

export class Mesh {
  @traceFunction()
  weld<T>(this: Mesh, value: T): T {
    return value
  }

  @traceFunction('load')
  static async *load(path: string): AsyncGenerator<string> {
    yield path
  }

  // @ts-expect-error: it decorates methods.
  @traceFunction()
  get size(): number {
    return 1
  }

  // @ts-expect-error: it decorates methods.
  @traceFunction()
  name = 'mesh'
}
assertType<Equal<Mesh['weld'], <T>(this: Mesh, value: T) => T>>()
