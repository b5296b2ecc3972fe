import { EMPTY_CONTEXT } from '../propagation/context.ts'
import { withTraceContext } from '../trace/context.ts'
import type { TestTracing } from '../types/testing.ts'
import { createRecording, testScopes } from './test-scopes.ts'

/**
 * Runs `fn`, a test, with tracing that records into memory, and returns what it returns. Everything that is traced in it and in
 * what it awaits or schedules goes there: by `getTracer()`, `traceJob`, `traceFunction`, and by `getTracing()` and
 * `initTracing()`, which give a handle of the test's (options are checked, and otherwise do nothing). Tests may run in
 * parallel, whether or not the program has set tracing up; one inside another has a recording of its own. Nothing of
 * the context outside comes in, but the request id of the process.
 *
 * A function that was wrapped by `traceFunction` while tracing was settled as off is that function itself, and is not recorded.
 */
export function withTestTracing<T>(fn: (tracing: TestTracing) => T): T {
  const scopes = testScopes()
  const recording = createRecording(scopes)
  return scopes.storage.run(recording, () => withTraceContext(EMPTY_CONTEXT, () => fn(recording.view)))
}
