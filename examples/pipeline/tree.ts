import type { FiledSpan } from './trace-file.ts'

/** One tree for each span whose parent is not among `spans`; siblings in the order they started. */
export function renderTrees(spans: readonly FiledSpan[], highlight: (text: string) => string): string[] {
  const known = new Set(spans.map(span => span.spanId))
  const inOrder = [...spans].sort((a, b) => (a.startNs < b.startNs ? -1 : 1))
  const roots = inOrder.filter(span => span.parentSpanId === undefined || !known.has(span.parentSpanId))
  const children = groupByParent(inOrder)
  return roots.map(root => renderTree(rowsOf(root, undefined, children, '', ''), root.traceId, highlight))
}

interface Row {
  readonly label: string
  readonly span: FiledSpan
  /** Whether the span comes from another process than its parent. */
  readonly enters: boolean
}

type Children = ReadonlyMap<string | undefined, readonly FiledSpan[]>

function groupByParent(spans: readonly FiledSpan[]): Children {
  const children = new Map<string | undefined, FiledSpan[]>()
  for (const span of spans) {
    const siblings = children.get(span.parentSpanId)
    if (siblings === undefined) children.set(span.parentSpanId, [span])
    else siblings.push(span)
  }
  return children
}

function rowsOf(span: FiledSpan, parent: FiledSpan | undefined, children: Children, head: string, rest: string): Row[] {
  const below = children.get(span.spanId) ?? []
  return [
    { label: head + span.name, span, enters: span.processId !== parent?.processId },
    ...below.flatMap((child, index) => {
      const last = index === below.length - 1
      return rowsOf(child, span, children, rest + (last ? '└─ ' : '├─ '), rest + (last ? '   ' : '│  '))
    }),
  ]
}

function renderTree(rows: readonly Row[], traceId: string, highlight: (text: string) => string): string {
  const width = Math.max(...rows.map(row => row.label.length))
  const lines = rows.map(({ label, span, enters }) => {
    const timing = `${label.padEnd(width)} ${span.durationMs.toFixed(1).padStart(9)} ms`
    const process = enters ? `  ${span.service}, process ${span.processId}` : ''
    const links = span.links.map(({ traceId, attempt }) => `  ↩ attempt ${attempt} is trace ${traceId}`).join('')
    const line = timing + process + links
    return span.error === undefined ? line : highlight(`${line}  ✗ ${span.error}`)
  })
  return [`trace ${traceId}`, ...lines].join('\n')
}
