import type { ProxySettings } from '../types/config.ts'

/** The proxy for requests to `url`, or undefined. */
export function proxyFor(url: URL, { https, http, exceptions }: ProxySettings): string | undefined {
  const proxy = url.protocol === 'https:' ? https : http
  return proxy === undefined || isExempt(url, exceptions) ? undefined : proxy
}

/** Whether `url` is reached without a proxy: this machine always is, and what `exceptions`, the rules of NO_PROXY, name. */
export function isExempt(url: URL, exceptions: string): boolean {
  if (isLoopback(url.hostname)) return true
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return exceptions.split(/[,\s]+/).some(rule => rule !== '' && matches(rule.toLowerCase(), url.hostname, port))
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** A rule is `*`, a subnet, or a host with or without a port; a name covers its subdomains, with or without a leading dot. */
function matches(rule: string, hostname: string, port: string): boolean {
  if (rule === '*') return true
  const target = withoutBrackets(hostname)
  if (rule.includes('/')) return isInSubnet(target, rule)
  const { host, port: rulePort } = splitRule(rule)
  if (rulePort !== undefined && rulePort !== port) return false
  return target === host || (!isAddress(target) && host !== '' && target.endsWith(`.${host}`))
}

/** `subnet` is an address with a prefix length, as in 10.0.0.0/8. */
function isInSubnet(target: string, subnet: string): boolean {
  const [base = '', bits = ''] = subnet.split('/')
  try {
    const list = new (process.getBuiltinModule('node:net').BlockList)()
    list.addSubnet(base, Number.parseInt(bits, 10), familyOf(base))
    return list.check(target, familyOf(target))
  } catch {
    // One of the two is not an address, or the length is out of range.
    return false
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

function splitRule(rule: string): { host: string; port: string | undefined } {
  const colon = rule.lastIndexOf(':')
  const isBareIpv6 = !rule.startsWith('[') && rule.indexOf(':') !== colon
  const hasPort = !isBareIpv6 && colon > rule.lastIndexOf(']')
  const host = hasPort ? rule.slice(0, colon) : rule
  return { host: withoutBrackets(host.replace(/^\*?\./, '')), port: hasPort ? rule.slice(colon + 1) : undefined }
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host)
}
