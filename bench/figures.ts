import type { Ratio, Row } from './report.ts'

/** Three digits, or all of a number from 100 on. */
export function figure(value: number): string {
  const size = Math.abs(value)
  if (size >= 100 || value === 0) return Math.round(value).toLocaleString('en-GB')
  return size >= 10 ? value.toFixed(1) : size >= 1 ? value.toFixed(2) : value.toFixed(3)
}

export function interval({ low, high }: Pick<Row, 'low' | 'high'>): string {
  return `${figure(low)} – ${figure(high)}`
}

export function target({ bound }: Ratio, value: number): string {
  return `${bound === 'at most' ? '≤' : '≥'} ${figure(value)}`
}
