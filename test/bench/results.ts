import { type Answer, ratio, row } from '../../bench/report.ts'
import type { Results } from '../../bench/results.ts'

export const MACHINE = { node: 'v20.0.0', cpu: 'Chip <9> & more', cores: 2, commit: 'abc1234' }

/** Values around a median, as rounds give them. */
export function around(median: number): number[] {
  return Array.from({ length: 15 }, (_, i) => median * (1 + (i - 7) / 100))
}

export function answerOf(ours: number): Answer {
  return {
    rows: [
      row('span-active', 'blueprint', 'ns', around(ours)),
      row('span-active', 'opentelemetry', 'ns', around(3000)),
      row('span-active', 'sentry', 'ns', around(1), { invalid: 'the sink lacks 7 of its 10 spans' }),
      ...[1, 10, 100].map(x => row('grow-spans', 'blueprint', 'ns', around(ours + x), { x })),
    ],
    ratios: [ratio('span-active', 'opentelemetry', around(ours / 3000))],
  }
}

export function resultsOf(ours: number): Results {
  const { rows, ratios } = answerOf(ours)
  return {
    ...MACHINE,
    rows: rows.map(row => ({ ...row, question: 'span' })),
    ratios: ratios.map(ratio => ({ ...ratio, question: 'span' })),
    titles: { span: 'span: what it costs' },
    notes: ['Instructions were counted by hand.'],
  }
}
