import { parseHttpUrl } from './address.ts'
import { type Endpoint, splitCredentials, urlFromEnvironment } from './endpoint.ts'
import type { EnvironmentReader } from './environment.ts'

export const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const
export type OtlpProtocol = (typeof PROTOCOLS)[number]

const HTTP_BASE = 'http://localhost:4318'
const GRPC_BASE = 'http://localhost:4317'
const GRPC_PORT = '4317'

export interface OtlpEndpoint extends Endpoint {
  readonly protocol: OtlpProtocol
}

/** Where to send to and how: unless a protocol is `asked` for, gRPC is what its usual port speaks. */
export function chooseEndpoint(
  asked: OtlpProtocol | undefined,
  option: URL | undefined,
  environment: EnvironmentReader,
): OtlpEndpoint {
  const url = option ?? urlFromEnvironment(environment, asked === 'grpc' ? GRPC_BASE : HTTP_BASE)
  const protocol = asked ?? (url.port === GRPC_PORT ? 'grpc' : 'http/protobuf')
  const isInsecure = readInsecure(environment)
  if (protocol !== 'grpc') return { protocol, ...splitCredentials(url) }
  const origin = withoutPath(url)
  // Without a scheme, gRPC means TLS (OpenTelemetry's protocol/exporter.md, "Insecure").
  if (option === undefined && isWithoutScheme(environment)) origin.protocol = isInsecure ? 'http:' : 'https:'
  return { protocol, ...splitCredentials(origin) }
}

/** The path of a call is its method's. */
function withoutPath(url: URL): URL {
  const origin = new URL(url)
  origin.pathname = '/'
  origin.search = ''
  return origin
}

function isWithoutScheme(environment: EnvironmentReader): boolean {
  const variable = environment.firstSet(['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'])
  const text = variable && environment.text(variable)
  return text !== undefined && !text.includes('://') && parseHttpUrl(text) === undefined
}

function readInsecure(environment: EnvironmentReader): boolean {
  const general = environment.oneOf('OTEL_EXPORTER_OTLP_INSECURE', ['true', 'false'], 'false')
  return environment.oneOf('OTEL_EXPORTER_OTLP_TRACES_INSECURE', ['true', 'false'], general) === 'true'
}
