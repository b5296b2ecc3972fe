import { clearProgress, showProgress } from './progress.ts'

export interface Rounds {
  readonly rounds: number
  /** Taken as well, before the others, and not kept. */
  readonly warmUpRounds?: number
}

/** Rounds of all subjects in turn (A B C A B C), so that what disturbs one disturbs all. */
export async function takeTurns<S extends string, T>(
  subjects: readonly S[],
  { rounds, warmUpRounds = 0 }: Rounds,
  measure: (subject: S) => Promise<T> | T,
): Promise<Record<S, T[]>> {
  const results = Object.fromEntries(subjects.map(subject => [subject, [] as T[]])) as Record<S, T[]>
  try {
    for (let round = -warmUpRounds; round < rounds; round++) {
      for (const subject of subjects) {
        showProgress(round < 0 ? `warming up: ${subject}` : `round ${round + 1} of ${rounds}: ${subject}`)
        const result = await measure(subject)
        if (round >= 0) results[subject].push(result)
      }
    }
    return results
  } finally {
    clearProgress()
  }
}

/** What `of` gives for both sides of each round. */
export function perRound<T>(ours: readonly T[], theirs: readonly T[], of: (ours: T, theirs: T) => number): number[] {
  return ours.map((value, round) => of(value, theirs[round]!))
}
