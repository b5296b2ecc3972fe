/** A span's place in the list of open spans. Without a previous one it is not in the list; the oldest has none that follows. */
export interface OpenSpan {
  previous: OpenSpan | undefined
  following: OpenSpan | undefined
}

/** Enough for every span that is open on purpose; a program that forgets spans must not keep them all alive. */
const MAX_TRACKED = 10_000

/** The spans that have been started and not ended: counted all, listed up to a limit. */
export class OpenSpans {
  count = 0
  private readonly head: OpenSpan = { previous: undefined, following: undefined }
  private tracked = 0

  add(span: OpenSpan): void {
    this.count++
    if (this.tracked >= MAX_TRACKED) return
    this.tracked++
    const { head } = this
    const first = head.following
    span.previous = head
    span.following = first
    if (first !== undefined) first.previous = span
    head.following = span
  }

  remove(span: OpenSpan): void {
    this.count--
    const { previous, following } = span
    if (previous === undefined) return
    this.tracked--
    previous.following = following
    if (following !== undefined) following.previous = previous
    span.previous = undefined
    span.following = undefined
  }

  /** The listed spans, newest first, so that children come before their parents. */
  list(): OpenSpan[] {
    const spans: OpenSpan[] = []
    for (let span = this.head.following; span !== undefined; span = span.following) spans.push(span)
    return spans
  }
}
