import { sayOnce } from '../say.ts'
import { textOf } from '../trace/text-of.ts'
import type { Labels, MetricStats, MetricType } from '../types/metrics.ts'
import { Family, type Series, takenNames } from './family.ts'
import { formatLabels, labelPairs, metricName } from './labels.ts'
import { Summary } from './summary.ts'

/** Different label sets of one metric: a scene id in a process that works for weeks must not fill its memory. */
export const MAX_SERIES = 1_000
export const MAX_FAMILIES = 200
/** Where what has no series of its own is recorded, so that the sum over all series stays right. */
const OVERFLOW: Labels = { overflow: 'true' }
/** Counts what could not be recorded as it was handed in, by reason. */
export const REFUSED = 'blueprint_metrics_refused_total'
const RESERVED = takenNames(REFUSED.replace('_total', ''), 'counter')
const HELP: ReadonlyMap<string, string> = new Map([
  ['pipeline_runs_total', 'Runs of pipeline jobs that have ended.'],
  ['errors_total', 'Errors that ended runs of pipeline jobs.'],
  ['pipeline_duration_seconds', 'How long runs of pipeline jobs took.'],
  ['scenes_in_progress', 'Runs of pipeline jobs that are under way.'],
  [REFUSED, 'Recordings that were left out, or put together under overflow="true".'],
])

type Reason = 'label_sets' | 'names' | 'name' | 'type' | 'value' | 'labels'

/** Every metric of the process, whichever backend reads it. */
export class MetricStore {
  /** Differs as soon as anything has been recorded. */
  revision = 0
  private readonly known = new Map<string, Family>()
  /** By families, in the text formats. */
  private readonly taken = new Set(RESERVED)
  private readonly listeners = new Set<(family: Family) => void>()

  get families(): readonly Family[] {
    return [...this.known.values()]
  }

  family(name: string): Family | undefined {
    return this.known.get(name)
  }

  /** Calls `listener` with every family that comes from now on; also, once more, with one that comes again after `clear`. */
  onNewFamily(listener: (family: Family) => void): void {
    this.listeners.add(listener)
  }

  /** Has a family without series, so that it is known to be empty. */
  declare(type: MetricType, name: string): void {
    this.open(type, name)
  }

  /** Never throws: labels are objects of the program's. */
  record(type: MetricType, name: string, labels: Labels, value: number): void {
    this.revision++
    try {
      this.add(type, textOf(name), labels, value)
    } catch {
      this.refuse('labels', `the labels of metric ${textOf(name)} cannot be read`)
    }
  }

  stats(): Record<string, MetricStats> {
    const all: [name: string, stats: MetricStats][] = []
    for (const { name, series } of this.known.values()) {
      const total = new Summary()
      for (const { summary } of series.values()) total.addAll(summary)
      if (total.count > 0) all.push([name, total.stats()])
      for (const [labels, { summary }] of series) all.push([`${name}{${labels}}`, summary.stats()])
    }
    return Object.fromEntries(all)
  }

  /** Of one family, or everything. */
  clear(name?: string): void {
    if (name !== undefined) {
      this.known.get(name)?.clear()
      return
    }
    this.known.clear()
    this.taken.clear()
    for (const taken of RESERVED) this.taken.add(taken)
  }

  private add(type: MetricType, name: string, labels: Labels, value: number): void {
    if (!Number.isFinite(value) || (type === 'counter' && value < 0)) {
      const expected = type === 'counter' ? 'a finite number, not negative' : 'a finite number'
      this.refuse('value', `a value of metric ${name} is not ${expected}`)
      return
    }
    const family = this.known.get(name) ?? this.open(type, name)
    if (family?.type === type) family.add(this.seriesOf(family, labels), value)
    else if (family !== undefined) this.refuse('type', `metric ${name} is a ${family.type} and no ${type}`)
  }

  private open(type: MetricType, name: string): Family | undefined {
    const exposed = metricName(name)
    const exposedName = type === 'counter' ? exposed.replace(/_total$/, '') : exposed
    const names = takenNames(exposedName, type)
    const isOwn = name === REFUSED && type === 'counter'
    if (exposedName === '' || (!isOwn && names.some(taken => this.taken.has(taken)))) {
      this.refuse(
        'name',
        `metric ${name} cannot have this name: another one has it in the text formats, or it is empty`,
      )
      return undefined
    }
    if (this.known.size >= MAX_FAMILIES && !isOwn) {
      this.refuse('names', `there are more than ${MAX_FAMILIES} metrics; ${name} and others are left out`)
      return undefined
    }
    const family = new Family(name, exposedName, type, HELP.get(name) ?? `A ${type} of the program.`)
    for (const taken of names) this.taken.add(taken)
    this.known.set(name, family)
    for (const listener of this.listeners) listener(family)
    return family
  }

  private seriesOf(family: Family, labels: Labels): Series {
    const pairs = labelPairs(labels)
    const text = formatLabels(pairs)
    const known = family.series.get(text)
    if (known !== undefined) return known
    if (family.series.size < MAX_SERIES) return family.open(text, pairs)
    this.refuse(
      'label_sets',
      `metric ${family.name} has more than ${MAX_SERIES} sets of labels; others are put together under overflow="true"`,
    )
    const overflow = labelPairs(OVERFLOW)
    return family.series.get(formatLabels(overflow)) ?? family.open(formatLabels(overflow), overflow)
  }

  private refuse(reason: Reason, sentence: string): void {
    sayOnce(`metrics ${reason}`, 'warn', `${sentence}; ${REFUSED}{reason="${reason}"} counts how often`)
    const family = this.known.get(REFUSED) ?? this.open('counter', REFUSED)
    if (family?.type === 'counter') family.add(this.seriesOf(family, { reason }), 1)
  }
}
