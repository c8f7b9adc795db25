/**
 * Names to addresses, and domains to mail exchangers. Asks the operator's RESOLVER where one is given, otherwise the
 * system. Two failures matter and are kept apart: the name does not exist, and nobody could tell.
 */
import { promises as dns } from 'node:dns'
import { domainToASCII } from 'node:url'

export interface HostAddress {
  readonly address: string
  readonly family: 4 | 6
}

export type MailAnswer = 'takes' | 'no-domain' | 'no-mail' | 'unknown'

export interface Names {
  /** Rejects with code LOOK_NO_HOST (the name has no address) or LOOK_DNS (no answer). */
  addresses(host: string): Promise<HostAddress[]>
  /** MX, or the implicit MX of a plain address (RFC 5321 §5.1); a null MX takes no mail (RFC 7505). */
  mail(domain: string): Promise<MailAnswer>
}

/** `resolver`: host:port of a DNS server, or null for the system's; `timeout`: milliseconds for one question. */
export function openNames(resolver: string | null, timeout: number): Names {
  const asker = new dns.Resolver({ timeout: Math.max(1, Math.round(timeout / 3)), tries: 2 })
  if (resolver !== null) asker.setServers([resolver])
  const ask = resolver === null ? systemAddresses : (host: string) => askedAddresses(asker, host)
  return {
    addresses: (host) => within(timeout, ask(host), () => Promise.reject(nameError('LOOK_DNS', host))),
    mail: (domain) => within<MailAnswer>(timeout * 2, mailOf(asker, domain), async () => 'unknown'),
  }
}

/** Both ways of asking have time-outs that add up to more than they were told. */
async function within<T>(ms: number, answer: Promise<T>, late: () => Promise<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>()
  const timer = setTimeout(() => resolve(late()), ms)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The name does not exist, or nobody could tell. */
function nameError(code: 'LOOK_NO_HOST' | 'LOOK_DNS', host: string, cause?: unknown): Error {
  const text = code === 'LOOK_NO_HOST' ? `${host}: no such host` : `${host}: the name server did not answer`
  return Object.assign(new Error(text, { cause }), { code })
}

async function systemAddresses(host: string): Promise<HostAddress[]> {
  try {
    const found = await dns.lookup(host, { all: true })
    return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
  } catch (error) {
    throw nameError(codeOf(error) === 'ENOTFOUND' ? 'LOOK_NO_HOST' : 'LOOK_DNS', host, error)
  }
}

async function askedAddresses(asker: dns.Resolver, host: string): Promise<HostAddress[]> {
  const [four, six] = await Promise.allSettled([asker.resolve4(host), asker.resolve6(host)])
  const found: HostAddress[] = [
    ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 as const })) : []),
    ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 as const })) : []),
  ]
  if (found.length > 0) return found
  const failures = [four, six].flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  // One half unanswered means the name may well exist there: only two plain "no" make a no.
  throw nameError(failures.every((f) => isNo(codeOf(f))) ? 'LOOK_NO_HOST' : 'LOOK_DNS', host, failures[0])
}

async function mailOf(asker: dns.Resolver, domain: string): Promise<MailAnswer> {
  const name = domainToASCII(domain)
  if (name === '') return 'no-domain'
  try {
    const found = await asker.resolveMx(name)
    return found.some(({ exchange }) => exchange !== '' && exchange !== '.') ? 'takes' : 'no-mail'
  } catch (error) {
    if (codeOf(error) === 'ENOTFOUND') return 'no-domain'
    if (codeOf(error) !== 'ENODATA') return 'unknown'
  }
  try {
    await askedAddresses(asker, name)
    return 'takes'
  } catch (error) {
    return codeOf(error) === 'LOOK_NO_HOST' ? 'no-mail' : 'unknown'
  }
}

const isNo = (code: string): boolean => code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME'

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
