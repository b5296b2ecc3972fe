import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What one round cost, in ns a span: on the caller's thread, and as processor time of the whole process until acknowledged. */
export interface RoundCost {
  readonly callerNs: number
  readonly totalNs: number
}

export interface Contest {
  readonly contenders: readonly string[]
  readonly kind: 'plain' | 'active'
  readonly spansPerRound: number
  readonly warmUpRounds: number
  readonly rounds: number
}

/** Rounds of all contenders in turn (A B C A B C), each in its own process. Throws where the sink misses a span of one. */
export async function runContest(contest: Contest): Promise<Record<string, RoundCost[]>> {
  const sink = await startSink()
  const children = await Promise.all(contest.contenders.map(name => startContender(name, sink.url(name))))
  const costs: Record<string, RoundCost[]> = Object.fromEntries(contest.contenders.map(name => [name, []]))
  try {
    for (let round = -contest.warmUpRounds; round < contest.rounds; round++) {
      progress(contest, round)
      for (const [index, name] of contest.contenders.entries()) {
        const cost = await ask<RoundCost>(children[index]!, { kind: contest.kind, spans: contest.spansPerRound })
        if (round >= 0) costs[name]!.push(cost)
      }
    }
    const expected = contest.spansPerRound * (contest.warmUpRounds + contest.rounds)
    for (const name of contest.contenders) await assertAllArrived(name, expected, sink.count)
    return costs
  } finally {
    for (const child of [...children, sink.child]) child.disconnect()
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
}

/** The floor sends nothing; everybody else is valid only if every span was counted. */
async function assertAllArrived(
  name: string,
  expected: number,
  count: (name: string) => Promise<number>,
): Promise<void> {
  if (name === 'floor') return
  const arrived = await count(name)
  if (arrived !== expected) throw new Error(`invalid: the sink has ${arrived} of ${expected} spans of ${name}`)
}

async function startSink(): Promise<{
  child: ChildProcess
  url(name: string): string
  count(name: string): Promise<number>
}> {
  const child = fork(join(import.meta.dirname, 'sink.mjs'), { execArgv: [] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    child,
    url: name => `http://127.0.0.1:${port}/${name}`,
    count: async name => (await ask<{ count: number }>(child, `/${name}`)).count,
  }
}

async function startContender(name: string, url: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'contender-process.mjs'), [name, url], { execArgv: ['--expose-gc'] })
  child.once('exit', code => {
    if (code !== 0) throw new Error(`the contender ${name} ended with code ${code}`)
  })
  await once(child, 'message')
  return child
}

async function ask<T>(child: ChildProcess, question: object | string): Promise<T> {
  const answer = once(child, 'message')
  child.send(question)
  const [message] = (await answer) as [T]
  return message
}

function progress({ contenders, kind, rounds }: Contest, round: number): void {
  if (!process.stderr.isTTY) return
  const phase = round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`
  process.stderr.write(`\r\x1b[K  ${kind}: ${contenders.join(', ')}: ${phase}`)
}
