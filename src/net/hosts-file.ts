import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'

export const SYSTEM_HOSTS_FILE: string =
  process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts'

/** The addresses that a hosts file (man 5 hosts: address, names, `#` comment) gives to `hostname`, in its order. */
export function addressesInHosts(text: string, hostname: string): LookupAddress[] {
  const wanted = hostname.toLowerCase()
  const found: LookupAddress[] = []
  for (const line of text.toLowerCase().split('\n')) {
    if (!line.includes(wanted)) continue
    const [address = '', ...names] = line.split('#', 1)[0]!.trim().split(/\s+/)
    const family = isIP(address)
    if (family !== 0 && names.includes(wanted)) found.push({ address, family })
  }
  return found
}
