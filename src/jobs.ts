export { JobExit } from './jobs/job-exit.ts'
export { getDeadLetterQueue } from './jobs/queue-choice.ts'
export { runJobWithDeadLetterQueue } from './jobs/run-job.ts'
export type {
  DeadLetterErrorDetails,
  DeadLetterMessage,
  DeadLetterQueue,
  DeadLetterStatus,
  ErrorCategory,
  ErrorSeverity,
  JobFunction,
  JsonObject,
  RunJobOptions,
} from './types/jobs.ts'
