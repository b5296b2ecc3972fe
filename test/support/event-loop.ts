import type { TestContext } from 'node:test'

/** Keeps the event loop alive until the end of the test: a client holds nothing, and where no server runs nor does anything else. */
export function holdEventLoop(t: TestContext): void {
  const timer = setInterval(() => {}, 1_000)
  t.after(() => clearInterval(timer))
}
