// Traced methods of every kind. The same text is compiled with standard and with legacy decorators; it prints what came of it.
import { getCurrentSpan, getTracing, initTracing, type TraceFunctionOptions, traceFunction } from 'blueprint-tracing'
import { MemoryExporter } from 'blueprint-tracing/testing'

const [when, enabled] = process.argv.slice(2)
const memory = new MemoryExporter()
if (when === 'before') setUp()

const kind: TraceFunctionOptions = { kind: 2, module: 'mesh' }
const decorator = traceFunction()

class Mesh {
  readonly vertices: number
  constructor(vertices: number) {
    this.vertices = vertices
  }

  @traceFunction()
  weld(tolerance: number, _extra?: string): number {
    return this.vertices * tolerance
  }

  @traceFunction('load mesh')
  async load(): Promise<string> {
    await undefined
    return spanName()
  }

  @decorator
  *faces(limit: number): Generator<number, string> {
    for (let i = 0; i < limit; i++) yield i + this.vertices
    return spanName()
  }

  @traceFunction(kind)
  async *chunks(): AsyncGenerator<string> {
    await undefined
    yield spanName()
  }

  @decorator
  static make(vertices: number): Mesh {
    return new this(vertices)
  }

  @traceFunction()
  fail(): never {
    throw new RangeError('too fine')
  }

  @outermost
  @traceFunction()
  covered(): string {
    return spanName()
  }

  @traceFunction()
  [Symbol.toPrimitive](): string {
    return 'mesh'
  }
}

class FineMesh extends Mesh {
  override weld(tolerance: number): number {
    return super.weld(tolerance / 10)
  }
}

/** Another decorator, of either kind, that stands before ours. */
function outermost(...given: readonly unknown[]): never {
  const descriptor = given[2] as PropertyDescriptor | undefined
  const method = (descriptor?.value ?? given[0]) as () => unknown
  const cover = function (this: unknown): unknown {
    return method.call(this)
  }
  return (descriptor === undefined ? cover : { ...descriptor, value: cover }) as never
}

function spanName(): string {
  return getCurrentSpan()?.isRecording() === true ? 'in a span' : 'in none'
}

if (when === 'after') setUp()
const mesh = new FineMesh(100)
const results = [
  mesh.weld(2),
  await mesh.load(),
  collect(mesh.faces(2)),
  await first(mesh.chunks()),
  FineMesh.make(7) instanceof FineMesh,
  attempt(() => mesh.fail()),
  mesh.covered(),
  `${mesh}`,
]
const { weld } = Mesh.prototype
const { configurable, enumerable, writable } = Object.getOwnPropertyDescriptor(Mesh.prototype, 'weld')!
const shape = [weld.name, weld.length, configurable, enumerable, writable, Mesh.make.name]
/** Those whose text is what stands above. */
const intact = [weld, Mesh.prototype.load, Mesh.prototype.faces, Mesh.prototype.chunks, Mesh.make, Mesh.prototype.fail]
  .filter(method => String(method).includes(method.name))
  .map(method => method.name)
await getTracing().flush()
const spans = memory.spans.map(span => ({
  name: span.name,
  kind: span.kind,
  module: span.attributes['function.module'],
  status: span.status.message,
}))
console.log(JSON.stringify({ results, shape, intact, spans, stats: getTracing().stats() }))

function setUp(): void {
  const exporters = { kind: 'custom', exporter: memory } as const
  initTracing({ enabled: enabled === 'on', exporters, logger: false, handleSignals: false })
}

function collect(generator: Generator<number, string>): unknown[] {
  const values: unknown[] = []
  for (let step = generator.next(); ; step = generator.next()) {
    values.push(step.value)
    if (step.done === true) return values
  }
}

async function first(generator: AsyncGenerator<string>): Promise<string | undefined> {
  for await (const value of generator) return value
  return undefined
}

function attempt(fn: () => unknown): string {
  try {
    return String(fn())
  } catch (error) {
    return String(error)
  }
}
