import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer, Settings } from './report.ts'

export interface Question {
  readonly title: string
  answer(rounds: number, settings: Settings): Promise<Answer>
}

/** In this order they read like an account; those that are not named here follow. */
const ORDER = ['span', 'burst', 'total', 'tail', 'stall', 'unsampled', 'off', 'propagate', 'start', 'context']
/** What the gate is about, and takes little time. */
const QUICK = ['span', 'total', 'unsampled', 'off', 'propagate', 'start']

export const QUESTIONS: readonly string[] = readdirSync(join(import.meta.dirname, 'questions'))
  .map(file => file.replace('.ts', ''))
  .sort((a, b) => place(a) - place(b) || a.localeCompare(b))
export const QUICK_QUESTIONS: readonly string[] = QUESTIONS.filter(question => QUICK.includes(question))

export async function loadQuestion(name: string): Promise<Question> {
  return await import(`./questions/${name}.ts`)
}

/** The span of `span-active` in other languages; needs their toolchains. */
export async function loadLanguages(): Promise<Question> {
  const file = './languages/index.ts'
  const { measureLanguages } = await import(file)
  return { title: 'languages: an active span with five attributes in other languages', answer: measureLanguages }
}

function place(question: string): number {
  return ORDER.includes(question) ? ORDER.indexOf(question) : ORDER.length
}
