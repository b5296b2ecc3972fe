export function slowed(record: (spans: number) => void, factor: number): (spans: number) => void
