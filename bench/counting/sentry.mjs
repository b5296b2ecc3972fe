/** Spans of an envelope: lines of JSON, first its own header, then that of each item and the item. */
export function countSentry(envelope) {
  const [, ...lines] = envelope.toString().trimEnd().split('\n')
  let spans = 0
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const { type } = JSON.parse(lines[i])
    const item = JSON.parse(lines[i + 1])
    if (type === 'span') spans += item.items.length
    if (type === 'transaction') spans += 1 + item.spans.length
  }
  return spans
}
