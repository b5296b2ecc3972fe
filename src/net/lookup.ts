import { promises as dns, type LookupAddress } from 'node:dns'
import { readFileSync } from 'node:fs'
import { isIP, type LookupFunction } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { addressesInHosts, SYSTEM_HOSTS_FILE } from './hosts-file.ts'

/** Each server is asked twice, the second time for twice as long: 6 s with one server, less than a request may take. */
const QUERY_TIMEOUT_MS = 2_000
const QUERY_TRIES = 2
/** Once one address family has answered, the other is waited for this long (RFC 8305 §3). */
const RESOLUTION_DELAY_MS = 50
/** The name has no address in DNS: the system's resolver, which knows search domains, may still find one. */
const NO_ADDRESS_CODES: ReadonlySet<unknown> = new Set([dns.NOTFOUND, dns.NODATA])

const LOCALHOST: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

export interface NameLookupOptions {
  readonly hostsFile?: string
  /** DNS servers, as `address` or `address:port`. Default those of the system. */
  readonly servers?: readonly string[]
  /** For the first try, in ms; each further one takes twice as long. */
  readonly timeoutMs?: number
  readonly tries?: number
}

export interface NameLookup {
  /** For `net.connect` and `tls.connect`. */
  readonly lookup: LookupFunction
  /** Ends every query; theirs fail with ECANCELLED. */
  close(): void
}

/**
 * Looks host names up without the thread pool, since process exit joins it and would wait there for a DNS server that
 * does not answer. Only where DNS has said that a name has no address is the system's resolver asked, which is on the pool.
 */
export function createNameLookup(options: NameLookupOptions = {}): NameLookup {
  const { hostsFile = SYSTEM_HOSTS_FILE } = options
  const asking = new Set<dns.Resolver>()

  async function addressesOf(hostname: string, family: number): Promise<readonly LookupAddress[]> {
    const known = knownAddresses(hostname, hostsFile).filter(each => family === 0 || each.family === family)
    return known.length > 0 ? known : await ask(hostname, family)
  }

  /** A resolver for each name, so that a change of the system's servers is seen. */
  async function ask(hostname: string, family: number): Promise<readonly LookupAddress[]> {
    const resolver = createResolver(options)
    asking.add(resolver)
    try {
      return await resolveAddresses(resolver, hostname, family)
    } catch (error) {
      if (!hasNoAddress(error)) throw firstFailure(error)
      return await dns.lookup(hostname, { all: true, family })
    } finally {
      asking.delete(resolver)
      resolver.cancel()
    }
  }

  return {
    lookup: (hostname, { family, all }, callback) => {
      addressesOf(hostname, familyNumber(family)).then(
        found => (all ? callback(null, [...found]) : callback(null, found[0]!.address, found[0]!.family)),
        error => callback(error, '', 0),
      )
    },
    close: () => {
      for (const resolver of asking) resolver.cancel()
    },
  }
}

function createResolver({
  servers,
  timeoutMs = QUERY_TIMEOUT_MS,
  tries = QUERY_TRIES,
}: NameLookupOptions): dns.Resolver {
  const resolver = new dns.Resolver({ timeout: timeoutMs, tries })
  if (servers !== undefined) resolver.setServers(servers)
  return resolver
}

function knownAddresses(hostname: string, hostsFile: string): readonly LookupAddress[] {
  const family = isIP(hostname)
  if (family !== 0) return [{ address: hostname, family }]
  return hostname === 'localhost' ? LOCALHOST : addressesInHosts(readText(hostsFile), hostname)
}

/** Read each time, as the system does too: a name is looked up only when a connection is opened. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Rejects with an AggregateError when neither family has an address. IPv4 first: a missing IPv6 route costs 250 ms. */
async function resolveAddresses(resolver: dns.Resolver, hostname: string, family: number): Promise<LookupAddress[]> {
  const queries: Promise<LookupAddress[]>[] = []
  if (family !== 6) queries.push(resolver.resolve4(hostname).then(found => withFamily(found, 4)))
  if (family !== 4) queries.push(resolver.resolve6(hostname).then(found => withFamily(found, 6)))
  await Promise.any(queries)
  const none: LookupAddress[] = []
  const late = sleep(RESOLUTION_DELAY_MS, none, { ref: false })
  const answers = await Promise.all(queries.map(query => Promise.race([query.catch(() => none), late])))
  return answers.flat()
}

function withFamily(addresses: readonly string[], family: number): LookupAddress[] {
  return addresses.map(address => ({ address, family }))
}

function hasNoAddress(error: unknown): boolean {
  return error instanceof AggregateError && error.errors.every(each => NO_ADDRESS_CODES.has(each?.code))
}

function firstFailure(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error
  return error.errors.find(each => !NO_ADDRESS_CODES.has(each?.code))
}

function familyNumber(family: number | 'IPv4' | 'IPv6' | undefined): number {
  if (family === 'IPv4') return 4
  return family === 'IPv6' ? 6 : (family ?? 0)
}
