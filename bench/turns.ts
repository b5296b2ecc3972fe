/** Rounds of all subjects in turn (A B C A B C), so that what disturbs one disturbs all; those of the warm-up are not kept. */
export async function takeTurns<S extends string, T>(
  subjects: readonly S[],
  { rounds, warmUpRounds = 0 }: { readonly rounds: number; readonly warmUpRounds?: number },
  measure: (subject: S) => Promise<T> | T,
): Promise<Record<S, T[]>> {
  const results = Object.fromEntries(subjects.map(subject => [subject, [] as T[]])) as Record<S, T[]>
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const subject of subjects) {
      const result = await measure(subject)
      if (round >= 0) results[subject].push(result)
    }
  }
  return results
}

/** What `of` gives for both sides of each round. */
export function perRound<T>(ours: readonly T[], theirs: readonly T[], of: (ours: T, theirs: T) => number): number[] {
  return ours.map((value, round) => of(value, theirs[round]!))
}
