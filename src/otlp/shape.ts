import { encode } from './attributes.ts'
import { SPAN } from './fields.ts'
import { AttributeKey } from './span-attribute.ts'
import { VALUE_OVERHEAD } from './values.ts'
import { plainBytes, type WordBytes, wordBytes } from './word-bytes.ts'

/**
 * Span shapes. Spans of one name mostly get the same attribute keys in the same order, so every name owns a tree of keys
 * and a span holds one node of it: the keys set so far. The node knows each key's encoded bytes and predicts the key that
 * comes next, which makes `setAttribute` one comparison and saves `end()` from encoding keys.
 */

/** Beyond these, names and shapes are made for one span and forgotten: slower, never wrong. */
const MAX_NAMES = 1000
const MAX_SHAPES = 4096
const MAX_KEPT_NAME_LENGTH = 256
const MAX_KEPT_KEY_LENGTH = 128

/** Tag and length of the attribute, tag and length of the value, and the two of its text. */
const USUAL_VALUE_BYTES = 6

/**
 * The key of a shape that no attribute leads to. Random, so that no caller's key equals it; taken from an object, since V8 compares
 * only those strings by their address that are known as keys or stand in code.
 */
const NO_KEY = Object.keys({ [`\0${Math.random()}`]: undefined })[0]!

/** Of a shape without keys. */
const NO_ENCODED_KEY = new AttributeKey('', false)

export class Shape {
  /** Number of keys; the value of this node's own key is at `depth - 1`. */
  readonly depth: number
  readonly key: string
  readonly encodedKey: AttributeKey
  /** An upper bound of what all keys and the fixed part of their values take. */
  readonly bound: number
  /** What all keys take, with values that are short texts, less their text, or small numbers. */
  readonly usualBytes: number
  /** The node that followed this one last time. */
  predicted: Shape
  /** Of a shape without keys: the largest `depth` of those kept that begin with it. */
  deepest: number
  private readonly parent: Shape | undefined
  private readonly kept: boolean
  private children: Map<string, Shape> | undefined
  private path: readonly AttributeKey[] | undefined

  constructor(parent: Shape | undefined, key: string, kept: boolean) {
    this.parent = parent
    this.key = key
    this.kept = kept
    this.encodedKey = parent === undefined ? NO_ENCODED_KEY : new AttributeKey(key, kept)
    this.depth = parent === undefined ? 0 : parent.depth + 1
    this.bound = parent === undefined ? 0 : parent.bound + this.encodedKey.field.length + VALUE_OVERHEAD
    this.usualBytes = parent === undefined ? 0 : parent.usualBytes + this.encodedKey.field.length + USUAL_VALUE_BYTES
    this.predicted = parent === undefined && key === NO_KEY ? this : NO_SHAPE
    this.deepest = 0
    this.children = undefined
    this.path = undefined
  }

  /** Where the value of `key` is kept, or -1. */
  indexOf(key: string): number {
    for (let node: Shape = this; node.parent !== undefined; node = node.parent) {
      if (node.key === key) return node.depth - 1
    }
    return -1
  }

  /** The shape that has one key more. */
  with(key: string): Shape {
    const known = this.children?.get(key)
    if (known !== undefined) {
      this.predicted = known
      return known
    }
    const kept = this.kept && shapes < MAX_SHAPES && key.length <= MAX_KEPT_KEY_LENGTH
    const child = new Shape(this, key, kept)
    if (kept) this.keep(child)
    return child
  }

  private keep(child: Shape): void {
    shapes++
    this.children ??= new Map()
    this.children.set(child.key, child)
    this.predicted = child
    const { start } = this
    if (child.depth > start.deepest) start.deepest = child.depth
  }

  private get start(): Shape {
    let node: Shape = this
    while (node.parent !== undefined) node = node.parent
    return node
  }

  /** In the order of the values. */
  keys(): readonly AttributeKey[] {
    if (this.path !== undefined) return this.path
    const path = new Array<AttributeKey>(this.depth)
    for (let node: Shape = this; node.parent !== undefined; node = node.parent) path[node.depth - 1] = node.encodedKey
    if (this.kept) this.path = path
    return path
  }
}

let shapes = 0
const NO_SHAPE: Shape = new Shape(undefined, NO_KEY, false)

/** The shape of every ended span: nothing is predicted after it, so the quick way never leads into one. */
export const ENDED: Shape = new Shape(undefined, '', false)

/** The start of shapes that are made for one span and forgotten: redacted keys must not be predicted after others. */
export const DETACHED: Shape = new Shape(undefined, '', false)

/** A span's name with its encoded field and the shapes of spans that bear it. */
export interface SpanName {
  readonly field: WordBytes
  readonly shape: Shape
}

const names = new Map<string, SpanName>()
const sharedShape = new Shape(undefined, '', true)

export function spanName(name: string): SpanName {
  return names.get(name) ?? newName(name)
}

function newName(name: string): SpanName {
  const kept = names.size < MAX_NAMES && name.length <= MAX_KEPT_NAME_LENGTH
  if (!kept) return { field: encodeName(name), shape: sharedShape }
  const created = { field: wordBytes(encodeName(name).bytes), shape: new Shape(undefined, '', true) }
  names.set(name, created)
  return created
}

/** The text in `SpanName.field`. */
export function decodeName({ bytes }: WordBytes): string {
  // The length in front of it ends with the first byte below 128.
  const start = bytes.findIndex((byte, at) => at > 0 && byte < 128) + 1
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start).toString()
}

/** As it is for one span. */
export function encodeName(name: string): WordBytes {
  const field = encode(name.length * 3 + 48, out => {
    out.byte((SPAN.name << 3) | 2)
    out.string(name)
  })
  return plainBytes(field)
}
