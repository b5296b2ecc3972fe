import type { JaegerExporterConfig } from '../types/config.ts'
import { integer, oneOf, optionsOf, text, wrongValue } from '../validate.ts'
import { describeAddress, parseHttpUrl } from './address.ts'
import { splitCredentials, urlOption } from './endpoint.ts'
import type { EnvironmentReader } from './environment.ts'
import { chooseProxy } from './proxy.ts'

type Transport = JaegerExporterConfig['transport']

const OPTIONS = ['kind', 'transport', 'host', 'port', 'url', 'maxPacketBytes'] as const
const TRANSPORTS: readonly Transport[] = ['udp/thrift.compact', 'udp/thrift.binary', 'http/thrift.binary']
const [COMPACT, , HTTP] = TRANSPORTS as [Transport, Transport, Transport]
/** Those that Jaeger listens on for them. */
const PORTS = ['6831', '6832', '14268'] as const
const TRACES_PATH = 'api/traces'
/** What Jaeger reads of a datagram. */
const MAX_PACKET_BYTES = 65_000
/** Of UDP over IPv4: 65,535 less 20 for the one head and 8 for the other. */
const MAX_DATAGRAM_BYTES = 65_507

/** Checks the options of a `jaeger` exporter; without `url` and `host`, JAEGER_ENDPOINT says where to. */
export function planJaeger(
  path: string,
  value: unknown,
): (environment: EnvironmentReader, exportTimeoutMs: number) => JaegerExporterConfig {
  const given = optionsOf(path, value, OPTIONS)
  const transport = oneOf(`${path}.transport`, given.transport, TRANSPORTS)
  const host = hostOption(`${path}.host`, given.host)
  const port = integer(`${path}.port`, given.port, 1, 65_535)
  const url = urlOption(`${path}.url`, given.url, TRACES_PATH)
  const maxPacketBytes = integer(`${path}.maxPacketBytes`, given.maxPacketBytes, 1_024, MAX_DATAGRAM_BYTES)
  if (url !== undefined) {
    if ((host ?? port) !== undefined) throw new TypeError(`${path}.url must not be given with host or port, got both`)
    if (transport !== undefined && transport !== HTTP)
      throw wrongValue(`${path}.transport`, `${HTTP} with a url`, transport)
  }
  return (environment, exportTimeoutMs) => {
    const address = url ?? host ?? addressFromEnvironment(environment)
    const chosen = transport ?? transportOf(address, port)
    const target = splitCredentials(targetOf(address, port, chosen))
    return {
      kind: 'jaeger',
      transport: chosen,
      url: target.url.href,
      maxPacketBytes: maxPacketBytes ?? MAX_PACKET_BYTES,
      headers: target.headers,
      timeoutMs: exportTimeoutMs,
      proxy: chosen === HTTP ? chooseProxy(target.url, environment) : undefined,
    }
  }
}

function hostOption(path: string, value: unknown): URL | undefined {
  const name = text(path, value)
  const host = name === undefined ? undefined : parseHost(name)
  if (name === undefined || host?.port === '') return host
  throw new RangeError(`${path} must be a host name or an IP address, got ${describeAddress(name)}`)
}

/** An http or https URL, or one of `udp:` where only the host is known, perhaps with a port. */
function addressFromEnvironment(environment: EnvironmentReader): URL {
  const fallback = new URL('udp://localhost')
  const value = environment.text('JAEGER_ENDPOINT')
  if (value === undefined) return fallback
  const address = parseHttpUrl(value) ?? parseHost(value)
  if (address?.pathname === '/') address.pathname = TRACES_PATH
  const expected = 'a host, host:port, or an http or https URL'
  if (address === undefined) environment.refuse('JAEGER_ENDPOINT', expected, 'using localhost', describeAddress(value))
  return address ?? fallback
}

/** Also with `udp://`, and an IPv6 address also without brackets. */
function parseHost(text: string): URL | undefined {
  const host = text.replace(/^udp:\/\//i, '')
  const isBareIpv6 = !host.startsWith('[') && host.split(':').length > 2
  const address = `udp://${isBareIpv6 ? `[${host}]` : host}`
  if (/[\s/?#@]/.test(host) || !URL.canParse(address)) return undefined
  const url = new URL(address)
  return url.hostname === '' || url.port === '0' ? undefined : url
}

function transportOf({ protocol, port: named }: URL, port: number | undefined): Transport {
  if (protocol !== 'udp:') return HTTP
  const index = (PORTS as readonly string[]).indexOf(String(port ?? named))
  return TRANSPORTS[index] ?? COMPACT
}

function targetOf(address: URL, port: number | undefined, transport: Transport): URL {
  const usualPort = PORTS[TRANSPORTS.indexOf(transport)]
  if (address.protocol === 'udp:') {
    const authority = `${address.hostname}:${port ?? (address.port || usualPort)}`
    return new URL(transport === HTTP ? `http://${authority}/${TRACES_PATH}` : `udp://${authority}`)
  }
  if (transport !== HTTP) return new URL(`udp://${address.hostname}:${port ?? usualPort}`)
  const url = new URL(address)
  if (port !== undefined) url.port = String(port)
  return url
}
