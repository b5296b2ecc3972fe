import { formatMachine, type Machine } from '../machine.ts'

export const WIDTH = 760
export const TOP = 48
const FOOT = 34

/** Ours first; the others in the order in which they come. */
const COLOURS = ['#0b6e4f', '#3a6ea5', '#c0562f', '#7a4fa3', '#8a7a1f', '#5b6770', '#b03a68', '#2f8f9d']

/** A whole picture: title on top, machine, Node version and commit below. It has a ground of its own, since it is read on dark pages too. */
export function picture(title: string, contentHeight: number, content: readonly string[], machine: Machine): string {
  const height = TOP + contentHeight + FOOT
  const caption = formatMachine(machine)
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(`${title} (${caption})`)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(16, 28, title, { weight: '600', size: 16 }),
    ...content,
    text(16, height - 12, caption, { colour: '#5b6770', size: 11 }),
    '</svg>',
  ].join('\n')}\n`
}

interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly colour?: string
  readonly size?: number
  readonly weight?: string
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { anchor = 'start', colour = '#1b1f23', size = 13, weight = '400' } = style
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${colour}" font-size="${size}" font-weight="${weight}">${escaped(content)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, colour = '#1b1f23'): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}"/>`
}

export function bar(x: number, y: number, width: number, height: number, colour: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}" fill="${colour}"/>`
}

export function curve(points: readonly (readonly [x: number, y: number])[], colour: string): string {
  const list = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')
  return `<polyline points="${list}" fill="none" stroke="${colour}" stroke-width="2"/>`
}

export function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill="${colour}"/>`
}

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length]!
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
