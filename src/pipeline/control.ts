/** Words of the control block that are flags. */
const READY = 0
const ASLEEP = 1
const DRAINED = 2
const HEARTBEAT = 3
const CURRENT_SEGMENT = 4
const CALLS = 5
/** 64-bit counts that only rise, each written by the consumer. */
const SETTLED_BYTES = 4
const TAKEN_RECORDS = 5
const FIRST_COUNTER = 8

/** What producer and consumer tell each other outside of the segments. */
export class Control {
  readonly memory: ArrayBufferLike
  /** Room for the ledger's counters. */
  readonly counters: BigInt64Array
  private readonly words: Int32Array
  private readonly counts: BigInt64Array

  constructor(memory: ArrayBufferLike) {
    this.memory = memory
    this.words = new Int32Array(memory)
    this.counts = new BigInt64Array(memory)
    this.counters = this.counts.subarray(FIRST_COUNTER)
  }

  /** The consumer has started. */
  get ready(): boolean {
    return Atomics.load(this.words, READY) === 1
  }

  markReady(): void {
    Atomics.store(this.words, READY, 1)
  }

  /** Forgets the consumer there was, for another one to take over. */
  forgetConsumer(): void {
    Atomics.store(this.words, READY, 0)
  }

  /** The consumer has nothing to do and wants to be woken. */
  fallAsleep(): void {
    Atomics.store(this.words, ASLEEP, 1)
  }

  wakeUp(): void {
    Atomics.store(this.words, ASLEEP, 0)
  }

  /** Whether this call has to ring the doorbell: true once per sleep. */
  claimWake(): boolean {
    return Atomics.load(this.words, ASLEEP) === 1 && Atomics.exchange(this.words, ASLEEP, 0) === 1
  }

  beat(): void {
    Atomics.add(this.words, HEARTBEAT, 1)
  }

  get heartbeat(): number {
    return Atomics.load(this.words, HEARTBEAT)
  }

  /** Answers the request to drain that bore this ticket. */
  markDrained(ticket: number): void {
    Atomics.store(this.words, DRAINED, ticket)
    this.callCaller()
  }

  /** Whether that answer has come. */
  isDrained(ticket: number): boolean {
    return Atomics.load(this.words, DRAINED) === ticket
  }

  /** There is something new for the caller's thread, should it be waiting. */
  callCaller(): void {
    Atomics.add(this.words, CALLS, 1)
    Atomics.notify(this.words, CALLS)
  }

  /** How often the caller's thread has been called. */
  get calls(): number {
    return Atomics.load(this.words, CALLS)
  }

  /**
   * Blocks this thread until it is called, unless that has happened since there were `calls`, or for `timeoutMs`. Answers for how
   * many ms that was.
   */
  waitForCall(calls: number, timeoutMs: number): number {
    const startMs = performance.now()
    Atomics.wait(this.words, CALLS, calls, timeoutMs)
    return performance.now() - startMs
  }

  get currentSegment(): number {
    return Atomics.load(this.words, CURRENT_SEGMENT)
  }

  set currentSegment(id: number) {
    Atomics.store(this.words, CURRENT_SEGMENT, id)
  }

  /** Bytes that every exporter is done with. */
  get settledBytes(): number {
    return Number(Atomics.load(this.counts, SETTLED_BYTES))
  }

  addSettledBytes(bytes: number): void {
    Atomics.add(this.counts, SETTLED_BYTES, BigInt(bytes))
  }

  /** Records copied out of the ring. */
  get takenRecords(): number {
    return Number(Atomics.load(this.counts, TAKEN_RECORDS))
  }

  addTakenRecords(records: number): void {
    Atomics.add(this.counts, TAKEN_RECORDS, BigInt(records))
  }
}

export function createControl(counterCount: number, shared: boolean): Control {
  const size = (FIRST_COUNTER + counterCount) * 8
  return new Control(shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size))
}
