import type { GrowingBytes } from './growing-bytes.ts'

/**
 * Writes the parts of Thrift that Jaeger has, in one of its two encodings (Apache Thrift, `doc/specs`). Every method but the first
 * four writes one field of the struct that was begun last, with its id.
 */
export interface ThriftWriter {
  readonly out: GrowingBytes
  /** The head of a call that wants no answer, with sequence number 0; the struct of its arguments comes next. */
  oneway(method: string): void
  /** Begins a struct that is not a field: the outermost one, or an element of a list. */
  begin(): void
  /** Ends the struct that was begun last, a field too. */
  end(): void
  /** What the head of a list of `count` takes, behind that of its field. */
  listHeadSize(count: number): number
  struct(id: number): void
  /** The structs themselves come next. */
  structs(id: number, count: number): void
  bool(id: number, value: boolean): void
  i32(id: number, value: number): void
  /** A whole number within ±2^53, or a bigint within 64 bits. */
  i64(id: number, value: number | bigint): void
  /** As `i64`, in two words of 32 bits. */
  words(id: number, high: number, low: number): void
  double(id: number, value: number): void
  text(id: number, value: string): void
  binary(id: number, value: Uint8Array): void
}
