import type { SpanView } from './exporter.ts'

/** What a test has recorded. */
export interface TestTracing {
  /** The spans that have ended, in the order of their ends. One list, which grows. */
  readonly spans: readonly SpanView[]
  /** `spanTree(spans)`. */
  tree(): string
  /** As a program does it; here spans are in the list as soon as they have ended. */
  flush(): Promise<void>
}
