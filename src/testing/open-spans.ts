import { loadLocalExport } from '../pipeline/load-local-export.ts'
import type { OpenSpan, OpenSpans } from '../trace/open-spans.ts'
import { presentOpenSpans } from '../tracing.ts'
import { callSite } from './call-site.ts'
import { type TestScopes, testScopes } from './test-scopes.ts'

/**
 * Throws an Error that names every span that has been started and not ended, and the line that started it: of the test that it
 * is called in or, outside of `withTestTracing`, of all tests and of the program's present set-up. A line is known of spans
 * that were started after the first call of `withTestTracing` or `assertNoOpenSpans`.
 */
export function assertNoOpenSpans(): void {
  const scopes = testScopes()
  const lists = openLists(scopes)
  const count = lists.reduce((sum, list) => sum + list.count, 0)
  if (count === 0) return
  const lines = lists.flatMap(list => list.list().reverse()).map(span => `\n  ${describe(span, scopes)}`)
  const unlisted = count - lines.length
  if (unlisted > 0) lines.push(`\n  and ${unlisted} more`)
  throw new Error(`${count} ${count === 1 ? 'span is' : 'spans are'} open:${lines.join('')}`)
}

function openLists({ storage, begun }: TestScopes): OpenSpans[] {
  const here = storage.getStore()
  if (here !== undefined) return [here.recorder.open]
  for (const recording of begun) if (recording.recorder.open.count === 0) begun.delete(recording)
  const tests = [...begun].map(recording => recording.recorder.open)
  const present = presentOpenSpans()
  return present === undefined ? tests : [...tests, present]
}

function describe(span: OpenSpan, { starts }: TestScopes): string {
  return `${nameOf(span)}, started at ${callSite(starts.get(span)) ?? 'an unknown place'}`
}

/** A recording span keeps its name as the field that will be written. */
function nameOf(span: OpenSpan & { readonly nameField?: { readonly bytes: Uint8Array } }): string {
  const { ProtobufReader } = loadLocalExport()
  const reader = new ProtobufReader(span.nameField?.bytes ?? new Uint8Array())
  return reader.next() ? reader.text() : ''
}
