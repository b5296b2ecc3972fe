export const NAMES: readonly string[]
export function fill(span: { setAttribute(key: string, value: unknown): unknown }, i: number): void
