import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { Complaint } from '../complaint.ts'
import type { AccessTokens } from './oauth.ts'

/** One way out: a relay, how to reach it, and the name we give there. Carries the password: never for logs. */
export interface Route {
  /** What it is called in records and logs: HOST:PORT, and of its login only what tells two apart. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** implicit: TLS from the first byte. required: STARTTLS or nothing. none: in clear, for a relay on loopback. */
  readonly tls: 'implicit' | 'required' | 'none'
  readonly auth: Login | null
  /** The name in EHLO: a domain name of ours or an address literal (RFC 5321 §4.1.1.1). */
  readonly ehloName: string
}

/** By a password, or by XOAUTH2 with tokens from elsewhere. */
export type Login =
  | { readonly user: string; readonly pass: string }
  | { readonly user: string; readonly access: AccessTokens }

/**
 * Reads an SMTP_URL: `smtps://user:pass@host:465`, `smtp://user:pass@host:587`, `smtp://127.0.0.1:25`, with an
 * optional `?name=` for EHLO. TLS is required (RFC 8314 §3) unless the host is on loopback or `?tls=none` says so;
 * a password never leaves in clear for another host. A user without a password logs in by XOAUTH2 where there is
 * `access`. Throws a Complaint (exit 3) that does not show the password.
 */
export function parseRoute(
  url: string,
  { ehloName, access = null }: { readonly ehloName: string; readonly access?: AccessTokens | null },
): Route {
  const parsed = URL.parse(url)
  if (!parsed || !/^smtps?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw misread(parsed, 'is not the address of a relay')
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  const auth = loginOf(parsed, access)
  const tls = tlsOf(parsed, host)
  if (tls === 'none' && auth && !isLoopback(host)) throw misread(parsed, 'would send a password in clear')
  const name = parsed.searchParams.get('name') ?? ehloName
  if (!/^(?:[a-z0-9.-]+|\[[a-z0-9.:]+\])$/i.test(name)) throw misread(parsed, `has no proper name for EHLO ("${name}")`)
  const usual = tls === 'implicit' ? 465 : auth ? 587 : 25
  const port = parsed.port ? Number(parsed.port) : usual
  return Object.freeze({ name: nameOf(host, port, auth), host, port, tls, auth, ehloName: name })
}

function loginOf(url: URL, access: AccessTokens | null): Login | null {
  if (!url.username) return null
  const user = decoded(url, 'username')
  return access && !url.password ? { user, access } : { user, pass: decoded(url, 'password') }
}

const nameOf = (host: string, port: number, auth: Route['auth']): string =>
  `${host}:${port}${auth ? `#${createHash('sha256').update(auth.user).digest('hex').slice(0, 6)}` : ''}`

/** Whether a host is this machine: only there does mail travel without TLS unasked. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost')
}

function tlsOf(url: URL, host: string): Route['tls'] {
  if (url.protocol === 'smtps:') return 'implicit'
  const asked = url.searchParams.get('tls')
  if (asked === null) return isLoopback(host) ? 'none' : 'required'
  if (asked !== 'required' && asked !== 'none') throw misread(url, `asks for tls=${asked}`)
  return asked
}

function decoded(url: URL, part: 'username' | 'password'): string {
  try {
    return decodeURIComponent(url[part])
  } catch {
    throw misread(url, `has a ${part} that is not percent-encoded`)
  }
}

const misread = (url: URL | null, fault: string): Complaint =>
  new Complaint(`SMTP_URL ${url ? `for ${url.host} ` : ''}${fault}`, {
    remedy: 'write smtps://user:password@host:465, smtp://user:password@host:587 or smtp://127.0.0.1:25',
    exit: 3,
  })
