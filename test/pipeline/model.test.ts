import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SEGMENT_BYTES } from '../../src/pipeline/segment.ts'
import type { DeliveryConfig } from '../../src/types/config.ts'
import type { ExportResult } from '../../src/types/exporter.ts'
import { KIB, MIB } from '../support/delivery-settings.ts'
import { namedSpanSize } from '../support/named-spans.ts'
import { ConsumerDied, PipelineHarness } from '../support/pipeline-harness.ts'
import { ScriptedExporter, settled } from '../support/scripted-exporter.ts'

const RUNS = Number(process.env.MODEL_RUNS ?? 150)

const POLICY: Partial<DeliveryConfig> = {
  maxQueueBytes: MIB,
  maxBatchBytes: 64 * KIB,
  retry: { maxElapsedMs: 3_000, initialDelayMs: 100, maxDelayMs: 1_000 },
}
const ACKED: ExportResult = { outcome: 'acked' }
const RESULTS = {
  acked: ACKED,
  retry: { outcome: 'retry', message: 'busy' },
  'too large': { outcome: 'too_large', message: '413' },
  rejected: { outcome: 'rejected', message: '401' },
} satisfies Record<string, ExportResult>
type Result = keyof typeof RESULTS

/** What the ring must have, in the simplest form: which spans it took, in order, and how many bytes they are. */
interface Model {
  ended: number
  readonly taken: Set<number>
  takenBytes: number
}

/** A backend that answers as it is told to, or leaves requests open, and remembers what it acknowledged. */
class Backend extends ScriptedExporter {
  mode: Result | 'silent' = 'acked'
  readonly acknowledged: number[] = []
  /** The highest span that it has been sent. */
  last = -1

  constructor() {
    super(names => this.take(names.map(indexOf)))
  }

  async answerOldest(result: Result): Promise<void> {
    const [oldest] = this.open
    if (oldest === undefined) return
    if (result === 'acked') this.acknowledged.push(...oldest.names.map(indexOf))
    await this.answer(RESULTS[result])
  }

  private take(spans: readonly number[]): ExportResult | undefined {
    assert.deepEqual(
      spans,
      spans.toSorted((a, b) => a - b),
      'in order within a request',
    )
    if (spans.at(-1)! > this.last) {
      assert.ok(spans[0]! > this.last, 'a first attempt comes after all that were tried before')
      this.last = spans.at(-1)!
    }
    if (this.mode === 'acked') this.acknowledged.push(...spans)
    return this.mode === 'silent' ? undefined : RESULTS[this.mode]
  }
}

class System extends PipelineHarness {
  readonly backends: readonly Backend[]

  constructor(backends: readonly Backend[]) {
    super(backends, POLICY)
    this.backends = backends
  }

  /** The consumer ends, and with it every request that it had under way. */
  die(): void {
    for (const backend of this.backends) backend.open.length = 0
    this.replaceConsumer()
  }
}

function indexOf(name: string): number {
  return Number.parseInt(name, 10)
}

type Command = fc.AsyncCommand<Model, System>

/** A step that is possible at any time; what must hold always is checked after it. */
function command(title: string, run: (model: Model, system: System) => Promise<void> | void): Command {
  return {
    check: () => true,
    async run(model, system) {
      await run(model, system)
      await settled()
      checkInvariants(model, system)
    },
    toString: () => title,
  }
}

function offer(model: Model, system: System, bytes: number, slack: number): void {
  const name = `${model.ended}`.padEnd(bytes, '.')
  const size = namedSpanSize(name)
  const unsettled = model.takenBytes - system.control.settledBytes
  const taken = system.offer(name, slack)
  if (taken) {
    model.taken.add(model.ended)
    model.takenBytes += size
    assert.ok(unsettled + size <= MIB, 'the budget is kept')
  } else {
    assert.ok(unsettled + size + slack > MIB, 'nothing is dropped while there is room')
  }
  model.ended++
}

function checkInvariants(model: Model, system: System): void {
  assert.equal(system.ended, model.ended)
  system.assertBalanced()
  const segmentBytes = system.producer.memories.reduce((sum, memory) => sum + memory.byteLength, 0)
  assert.ok(segmentBytes <= 2 * MIB + 18 * SEGMENT_BYTES, `${segmentBytes} bytes of segments`)
  assert.ok(system.control.settledBytes <= model.takenBytes)
  const unsettled = model.takenBytes - system.control.settledBytes
  for (const [index, backend] of system.backends.entries()) {
    const { acknowledged } = backend
    assert.equal(new Set(acknowledged).size, acknowledged.length, 'no span is delivered twice')
    assert.ok(acknowledged.every(span => model.taken.has(span)))
    const { acked, pending, dropped } = system.stats(index)
    assert.ok(acked <= acknowledged.length && acknowledged.length - acked <= dropped.worker_lost)
    assert.ok(pending >= 0 && system.lanes[index]!.heldBytes <= unsettled)
  }
}

/** All backends recover: everything gets an outcome, and the whole budget is there again. */
async function finish(model: Model, system: System): Promise<void> {
  for (const backend of system.backends) {
    backend.mode = 'acked'
    while (backend.open.length > 0) await backend.answerOldest('acked')
  }
  for (let pass = 0; pass < 10; pass++) await system.pass(1_000)
  checkInvariants(model, system)
  for (const index of system.backends.keys()) assert.equal(system.stats(index).pending, 0)
  assert.equal(system.control.settledBytes, model.takenBytes)
  assert.equal(system.producer.heldBytes, 0)
  offer(model, system, MIB - 20, 0)
  assert.ok(model.taken.has(model.ended - 1), 'a span of the whole budget fits')
}

const bytes = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 8, max: 2_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: 30_000, max: 131_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 131_000, max: 400_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: MIB - 100, max: MIB + 100 }) },
)
const slack = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }))
const backend = fc.nat({ max: 2 })
const result = fc.constantFrom(...(Object.keys(RESULTS) as Result[]))

function pick(system: System, index: number): Backend {
  return system.backends[index % system.backends.length]!
}

const commands = fc.commands(
  [
    fc
      .tuple(bytes, slack)
      .map(([size, extra]) =>
        command(`offer ${size} + ${extra}`, (model, system) => offer(model, system, size, extra)),
      ),
    fc.tuple(fc.integer({ min: 2, max: 60 }), bytes).map(([count, size]) =>
      command(`offer ${count} × ${size}`, (model, system) => {
        for (let i = 0; i < count; i++) offer(model, system, size, 0)
      }),
    ),
    fc.integer({ min: 0, max: 2_000 }).map(ms => command(`pass after ${ms} ms`, (_, system) => system.pass(ms))),
    fc.constant(command('messages arrive', (_, system) => system.deliverMessages())),
    fc.constant(command('flush', (_, system) => void system.delivery.flush())),
    fc.tuple(backend, fc.oneof(result, fc.constant('silent' as const))).map(([index, mode]) =>
      command(`backend ${index}: ${mode}`, (_, system) => {
        pick(system, index).mode = mode
      }),
    ),
    fc
      .tuple(backend, result)
      .map(([index, answer]) =>
        command(`backend ${index} answers ${answer}`, (_, system) => pick(system, index).answerOldest(answer)),
      ),
    fc.constant(command('the consumer dies', (_, system) => system.die())),
    fc
      .integer({ min: 0, max: 30 })
      .map(counts => command(`the consumer dies after ${counts} counts`, (_, system) => dieWithin(system, counts))),
  ],
  { maxCommands: 80, size: 'max' },
)

function dieWithin(system: System, counts: number): void {
  system.countsLeft = counts
  try {
    system.delivery.pass()
  } catch (error) {
    assert.ok(error instanceof ConsumerDied)
  }
  system.countsLeft = Number.POSITIVE_INFINITY
  system.die()
}

for (const exporters of [1, 2, 3]) {
  test(`${exporters} exporter(s), whatever happens: nothing lost, doubled or out of order, and the counts add up`, async () => {
    await fc.assert(
      fc.asyncProperty(commands, async steps => {
        const backends = Array.from({ length: exporters }, () => new Backend())
        const model: Model = { ended: 0, taken: new Set(), takenBytes: 0 }
        const system = new System(backends)
        await settled()
        await fc.asyncModelRun(() => ({ model, real: system }), steps)
        await finish(model, system)
      }),
      { numRuns: RUNS },
    )
  })
}
