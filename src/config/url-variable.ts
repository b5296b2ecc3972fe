import { printableUrl } from '../net/printable.ts'
import { describeAddress, EXPECTED_URL, parseHttpAddress } from './address.ts'
import type { EnvironmentReader } from './environment.ts'

/** Used as it is, and so is `fallback` where the variable is not set or cannot be used. */
export function urlOfVariable(environment: EnvironmentReader, name: string, fallback: URL): URL {
  const value = environment.text(name)
  if (value === undefined) return fallback
  const url = parseHttpAddress(value)
  if (url === undefined)
    environment.refuse(name, EXPECTED_URL, `using ${printableUrl(fallback.href)}`, describeAddress(value))
  return url ?? fallback
}
