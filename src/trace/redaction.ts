/** What only a process needs that redacts, a part that is loaded for it; load-redaction.ts loads it. */
export { createRedactor } from '../redaction/redactor.ts'
export { createRedaction } from './span-redaction.ts'
