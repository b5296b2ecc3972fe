import type { Ambient } from './ambient.ts'
import { activeContext, processContext } from './context.ts'

/** The request id of the async context, else REQUEST_ID, else the process's own once one exists. */
export function getRequestId(): string | undefined {
  return activeContext().ambient.requestId ?? processContext().ambient.requestId
}

/** As `getRequestId`; where there is none, a UUID for the scope, or outside of any for the process. */
export function ensureRequestId(): string {
  return ensureRequestIdOf(activeContext().ambient)
}

/** @internal The request id that holds in a scope, made there if none does. */
export function ensureRequestIdOf(ambient: Ambient): string {
  const known = ambient.requestId ?? processContext().ambient.requestId
  if (known !== undefined) return known
  const created = process.getBuiltinModule('node:crypto').randomUUID()
  ambient.requestId = created
  return created
}
