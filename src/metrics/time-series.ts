import type { Exemplar } from './exemplar.ts'
import type { SeriesSnapshot } from './snapshot.ts'

/** Where the series of one process belong. */
export interface Origin {
  readonly projectId: string
  readonly namespace: string
  readonly job: string
  /** Of this process alone: two that write the same series overwrite each other's points. */
  readonly taskId: string
}

const PREFIX = 'custom.googleapis.com/blueprint/'
/** UCUM, as MetricDescriptor.unit has them. */
const UNITS: Readonly<Record<string, string>> = { seconds: 's', bytes: 'By' }
/** Of Cloud Monitoring (docs.cloud.google.com/monitoring/quotas): of one metric, and of a value in bytes. */
const MAX_LABELS = 30
const MAX_VALUE_BYTES = 1_024

/**
 * google.monitoring.v3.TimeSeries in JSON: counters and histograms are CUMULATIVE, so that a point that does not arrive is made up for by
 * the next, and gauges GAUGE.
 */
export function toTimeSeries(series: SeriesSnapshot, endMs: number, origin: Origin): object {
  const { name, type, unit, pairs } = series
  const { projectId, namespace, job, taskId } = origin
  const endTime = timestamp(endMs)
  const isGauge = type === 'gauge'
  return {
    metric: { type: PREFIX + name.replaceAll(':', '_'), labels: toLabels(pairs) },
    resource: {
      type: 'generic_task',
      labels: { project_id: projectId, location: 'global', namespace, job, task_id: taskId },
    },
    metricKind: isGauge ? 'GAUGE' : 'CUMULATIVE',
    valueType: type === 'histogram' ? 'DISTRIBUTION' : 'DOUBLE',
    unit: UNITS[unit ?? ''],
    points: [
      {
        interval: isGauge ? { endTime } : { startTime: timestamp(series.startMs), endTime },
        value:
          type === 'histogram' ? { distributionValue: toDistribution(series, projectId) } : { doubleValue: series.sum },
      },
    ],
  }
}

/** google.api.Distribution; 64-bit integers are decimal text. */
function toDistribution(series: SeriesSnapshot, projectId: string): object {
  const { count, sum, squaredDeviation, bounds, bucketCounts, exemplars } = series
  return {
    count: String(count),
    mean: sum / count,
    sumOfSquaredDeviation: squaredDeviation,
    bucketOptions: { explicitBuckets: { bounds } },
    bucketCounts: bucketCounts.map(String),
    exemplars: exemplars.map(exemplar => toExemplar(exemplar, projectId)),
  }
}

function toExemplar({ labels, value, timestampSeconds }: Exemplar, projectId: string): object {
  const spanName = `projects/${projectId}/traces/${labels.trace_id}/spans/${labels.span_id}`
  return {
    value,
    timestamp: timestamp(timestampSeconds * 1_000),
    attachments: [{ '@type': 'type.googleapis.com/google.monitoring.v3.SpanContext', spanName }],
  }
}

/** A key begins with a letter. */
function toLabels(pairs: SeriesSnapshot['pairs']): Record<string, string> {
  const kept = pairs.slice(0, MAX_LABELS).map(([name, value]) => [name.replace(/^_+/, '') || 'label', cut(value)])
  return Object.fromEntries(kept)
}

function cut(value: string): string {
  const bytes = Buffer.from(value)
  if (bytes.length <= MAX_VALUE_BYTES) return value
  // A character that was cut through leaves U+FFFD.
  return bytes.toString('utf8', 0, MAX_VALUE_BYTES).replace(/\ufffd+$/, '')
}

function timestamp(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
