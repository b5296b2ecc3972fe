import { getMetrics, type MetricStats } from 'blueprint-tracing/metrics'

/** What one process has measured. */
export type Measured = Readonly<Record<string, MetricStats>>

/** How long a step that is run by hand stays to be scraped. */
const DEFAULT_LINGER_S = 30

/** A line for each job: how often it ran, how often it failed, and how long it took. */
export function describeJobs(measured: readonly Measured[]): string[] {
  const of = (name: string): readonly Series[] => measured.flatMap(stats => seriesOf(name, stats))
  const runs = of('pipeline_runs_total')
  const durations = of('pipeline_duration_seconds')
  const jobs = [...new Set(runs.map(({ labels }) => labels.job))]
  return jobs.map(job => {
    const ofJob = (series: Series): boolean => series.labels.job === job
    const total = sum(runs.filter(ofJob))
    const failed = sum(runs.filter(ofJob).filter(({ labels }) => labels.status !== 'success'))
    const seconds = durations.filter(ofJob)
    const mean = sum(seconds) / total
    const longest = Math.max(...seconds.map(({ stats }) => stats.max))
    return `${job}: ${total} runs, ${failed} failed, ${mean.toFixed(2)} s on average, ${longest.toFixed(2)} s at most`
  })
}

interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly stats: MetricStats
}

/** Keys of `getStats()` are `name{label="value",…}`, and a name alone for all of its series together. */
function seriesOf(name: string, measured: Measured): Series[] {
  return Object.entries(measured)
    .filter(([key]) => key.startsWith(`${name}{`))
    .map(([key, stats]) => {
      const labels = key.matchAll(/(\w+)="([^"]*)"/g)
      return { labels: Object.fromEntries(Array.from(labels, ([, label, value]) => [label, value])), stats }
    })
}

function sum(series: readonly Series[]): number {
  return series.reduce((total, { stats }) => total + stats.sum, 0)
}

/** What this process has measured. */
export function measured(): Measured {
  return getMetrics().getStats()
}

/**
 * Prometheus scrapes every few seconds, and a step is over sooner. Run by hand it stays for METRICS_LINGER_S; on a platform of
 * short jobs this is where a program waits for its last scrape, or pushes.
 */
export async function lingerForScrape(): Promise<void> {
  const { METRICS_BACKEND, METRICS_LINGER_S, PROMETHEUS_METRICS_PORT = '8000' } = process.env
  if (METRICS_BACKEND !== 'prometheus') return
  const seconds = Number(METRICS_LINGER_S ?? DEFAULT_LINGER_S)
  console.log(
    `\ncurl localhost:${PROMETHEUS_METRICS_PORT}/metrics shows the metrics; this process stays for ${seconds} s`,
  )
  await new Promise(resolve => setTimeout(resolve, seconds * 1_000))
}
