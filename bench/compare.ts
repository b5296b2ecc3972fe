import { figure, interval } from './figures.ts'
import { formatMachine } from './machine.ts'
import type { Results } from './results.ts'

interface Figure {
  readonly key: string
  readonly value: number
  readonly low: number
  readonly high: number
}

/** What is different in `after`: figures whose intervals do not overlap those of `before`. */
export function formatComparison(before: Results, after: Results): string {
  const old = new Map(figuresOf(before).map(figure => [figure.key, figure]))
  const both = figuresOf(after).filter(({ key }) => old.has(key))
  const changed = both.filter(figure => isApart(old.get(figure.key)!, figure))
  const width = Math.max(0, ...changed.map(({ key }) => key.length))
  return [
    `before: ${formatMachine(before)}`,
    `after:  ${formatMachine(after)}`,
    ...(isSameMachine(before, after)
      ? []
      : ['These are different machines or Node versions: only ratios can be compared.']),
    ...changed.map(after => `  ${after.key.padEnd(width)}  ${change(old.get(after.key)!, after)}`),
    `${changed.length} of ${both.length} figures changed beyond noise`,
  ].join('\n')
}

function figuresOf({ rows, ratios }: Results): Figure[] {
  return [
    ...rows
      .filter(({ invalid }) => invalid === undefined)
      .map(({ name, subject, unit, x, median, low, high }) => ({
        key: `${name}${x === undefined ? '' : ` at ${figure(x)}`} of ${subject}, ${unit}`,
        value: median,
        low,
        high,
      })),
    ...ratios.map(({ name, against, value, low, high }) => ({ key: `${name} / ${against}`, value, low, high })),
  ]
}

function isApart(a: Figure, b: Figure): boolean {
  return a.high < b.low || b.high < a.low
}

function isSameMachine(a: Results, b: Results): boolean {
  return a.cpu === b.cpu && a.cores === b.cores && a.node === b.node
}

function change(before: Figure, after: Figure): string {
  const percent = (after.value / before.value - 1) * 100
  const sign = percent < 0 ? '−' : '+'
  return `${figure(before.value)} (${interval(before)}) → ${figure(after.value)} (${interval(after)}), ${sign}${Math.abs(percent).toFixed(0)} %`
}
