import fc from 'fast-check'

/** One statement of a generator's body. `pause` awaits in an async generator and does nothing in another. */
export type Statement =
  | { readonly kind: 'yield' | 'return' | 'throw' | 'pause'; readonly value: number }
  | { readonly kind: 'delegate'; readonly body: readonly Statement[] }
  | { readonly kind: 'finally' | 'catch'; readonly body: readonly Statement[]; readonly handler: readonly Statement[] }

/** What a consumer does with the generator. */
export interface Request {
  readonly method: 'next' | 'return' | 'throw'
  readonly value: number
}

const { body } = fc.letrec<{ statement: Statement; body: Statement[] }>(tie => ({
  statement: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constantFrom('yield', 'yield', 'yield', 'pause', 'return', 'throw'), value: fc.nat(9) }),
    fc.record({ kind: fc.constant('delegate'), body: tie('body') }),
    fc.record({ kind: fc.constantFrom('finally', 'catch'), body: tie('body'), handler: tie('body') }),
  ) as fc.Arbitrary<Statement>,
  body: fc.array(tie('statement'), { maxLength: 4, depthIdentifier: 'body' }),
}))

export const bodies: fc.Arbitrary<readonly Statement[]> = body
export const requests: fc.Arbitrary<readonly Request[]> = fc.array(
  fc.record({
    method: fc.constantFrom('next', 'next', 'next', 'return', 'throw'),
    value: fc.nat(9),
  }) as fc.Arbitrary<Request>,
  { minLength: 1, maxLength: 8 },
)

/** What a body ended with: `undefined` if it ran to its end. */
type Returned = { readonly value: number } | undefined

/** Runs the statements; `seen` is told of every moment that the body runs, and of what it is resumed with. */
export function* runBody(
  body: readonly Statement[],
  seen: (what?: unknown) => void,
): Generator<number, Returned, unknown> {
  for (const statement of body) {
    seen()
    const returned = yield* runStatement(statement, seen)
    if (returned !== undefined) return returned
  }
  return undefined
}

function* runStatement(statement: Statement, seen: (what?: unknown) => void): Generator<number, Returned, unknown> {
  switch (statement.kind) {
    case 'yield':
      seen(yield statement.value)
      return undefined
    case 'pause':
      return undefined
    case 'return':
      return { value: statement.value }
    case 'throw':
      throw statement.value
    case 'delegate':
      return yield* runBody(statement.body, seen)
    case 'finally':
      try {
        return yield* runBody(statement.body, seen)
      } finally {
        yield* runBody(statement.handler, seen)
      }
    case 'catch':
      try {
        return yield* runBody(statement.body, seen)
      } catch (error) {
        seen(error)
        return yield* runBody(statement.handler, seen)
      }
  }
}

export async function* runBodyAsync(
  body: readonly Statement[],
  seen: (what?: unknown) => void,
): AsyncGenerator<number, Returned, unknown> {
  for (const statement of body) {
    seen()
    const returned = yield* runStatementAsync(statement, seen)
    if (returned !== undefined) return returned
  }
  return undefined
}

async function* runStatementAsync(
  statement: Statement,
  seen: (what?: unknown) => void,
): AsyncGenerator<number, Returned, unknown> {
  switch (statement.kind) {
    case 'pause':
      await undefined
      seen()
      return undefined
    case 'delegate':
      return yield* runBodyAsync(statement.body, seen)
    case 'finally':
      try {
        return yield* runBodyAsync(statement.body, seen)
      } finally {
        yield* runBodyAsync(statement.handler, seen)
      }
    case 'catch':
      try {
        return yield* runBodyAsync(statement.body, seen)
      } catch (error) {
        seen(error)
        return yield* runBodyAsync(statement.handler, seen)
      }
    default:
      return yield* runStatement(statement, seen)
  }
}
