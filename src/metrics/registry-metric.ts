import type { MetricType } from '../types/metrics.ts'
import type { Exemplar } from './exemplar.ts'
import type { Family } from './family.ts'
import { samplesOf } from './text-format.ts'

/** As prom-client's registries read it. */
export interface RegistryValue {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly exemplar?: { readonly labelSet: Exemplar['labels']; readonly value: number; readonly timestamp: number }
}

/** One metric in a registry of the program's own, which asks for the values whenever it is scraped. */
export class RegistryMetric {
  /** A registry that writes OpenMetrics takes `_total` off here, and adds it to the samples. */
  name: string
  readonly help: string
  readonly type: MetricType
  /** How a cluster's processes are put together. */
  readonly aggregator = 'sum'
  readonly reset: () => void
  private readonly read: () => Family | undefined

  constructor({ exposedName, type, help }: Family, read: () => Family | undefined, reset: () => void) {
    this.name = type === 'counter' ? `${exposedName}_total` : exposedName
    this.help = help
    this.type = type
    this.read = read
    this.reset = reset
  }

  async get(): Promise<{
    name: string
    help: string
    type: MetricType
    aggregator: 'sum'
    values: readonly RegistryValue[]
  }> {
    const { name, help, type, aggregator } = this
    const family = this.read()
    return { name, help, type, aggregator, values: family?.type === type ? valuesOf(family) : [] }
  }
}

function valuesOf(family: Family): readonly RegistryValue[] {
  return [...family.series.values()].flatMap(series =>
    samplesOf(family, series).map(({ suffix, le, value, exemplar }) => ({
      ...(family.type === 'histogram' && { metricName: family.exposedName + suffix }),
      labels: { ...Object.fromEntries(series.pairs), ...(le !== undefined && { le }) },
      value,
      ...(exemplar !== undefined && { exemplar: registryExemplar(exemplar) }),
    })),
  )
}

function registryExemplar({ labels, value, timestampSeconds }: Exemplar): NonNullable<RegistryValue['exemplar']> {
  return { labelSet: labels, value, timestamp: timestampSeconds }
}
