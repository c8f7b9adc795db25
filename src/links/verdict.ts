/**
 * What one visit means, before the page itself is read: the answer's status or the error, as data tables. Whether
 * another try could change it stands in the same row.
 */
import { STATUS_CODES } from 'node:http'
import { domainToUnicode } from 'node:url'
import type { VisitError } from './capture.ts'
import type { Cause, Look, Verdict } from './look.ts'
import { PARKING_HOSTS } from './signs.ts'
import { isRedirect, type Visit } from './visit.ts'

/** A look in the making. */
export interface Finding extends Omit<Look, 'url' | 'at'> {
  /** Another try could come out otherwise. */
  readonly again: boolean
}

interface Row {
  readonly verdict: Verdict
  readonly cause: Cause
  readonly again: boolean
  /** For people, where the error's own message says little. */
  readonly why?: string
}

const dead = (cause: Cause, why?: string): Row => ({ verdict: 'dead', cause, again: false, ...(why ? { why } : {}) })
const unsure = (cause: Cause, why?: string): Row => ({
  verdict: 'unsure',
  cause,
  again: false,
  ...(why ? { why } : {}),
})
const again = (row: Row): Row => ({ ...row, again: true })

const STATUSES: Readonly<Record<number, Row>> = {
  401: unsure('turned-away'),
  403: unsure('turned-away'),
  404: dead('not-found'),
  407: unsure('turned-away'),
  408: again(unsure('time-out')),
  410: dead('gone'),
  421: again(unsure('client-error')),
  425: again(unsure('client-error')),
  429: again(unsure('turned-away')),
  451: unsure('turned-away'),
  501: unsure('server-error'),
  505: unsure('server-error'),
  511: unsure('turned-away'),
  999: unsure('turned-away', '999: the site turns programs away'),
}

const ERRORS: Readonly<Record<string, Row>> = {
  LOOK_REFUSED: dead('private'),
  LOOK_NO_HOST: dead('no-host', 'no such host'),
  LOOK_DNS: again(unsure('dns', 'the name server did not answer')),
  LOOK_NOT_HTTP: unsure('server-error', 'what it answers is not HTTP'),
  LOOK_TIME_OUT: again(unsure('time-out', 'no answer in time')),
  UND_ERR_CONNECT_TIMEOUT: again(unsure('time-out', 'no connection in time')),
  UND_ERR_HEADERS_TIMEOUT: again(unsure('time-out', 'connected, but no answer in time')),
  UND_ERR_BODY_TIMEOUT: again(unsure('time-out', 'the page began and did not end in time')),
  ETIMEDOUT: again(unsure('time-out', 'no connection in time')),
  ECONNREFUSED: again(dead('refused', 'the host refuses the connection')),
  ECONNRESET: again(unsure('reset', 'the connection was reset')),
  EPIPE: again(unsure('reset', 'the connection was reset')),
  UND_ERR_SOCKET: again(unsure('reset', 'the connection was closed without an answer')),
  EHOSTUNREACH: again(unsure('unreachable', 'no route to the host')),
  ENETUNREACH: again(unsure('unreachable', 'no route to its network')),
  EADDRNOTAVAIL: again(unsure('unreachable', 'no route to the host')),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: again(unsure('cut-short', 'the page broke off')),
  UND_ERR_HEADERS_OVERFLOW: unsure('server-error', 'its answer has too many headers'),
  // Some browsers fetch a missing intermediate themselves (RFC 5280 §4.2.2.1), so this one may open or not.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unsure(
    'tls-chain',
    'an intermediate certificate is missing: some browsers will not open it',
  ),
  CERT_HAS_EXPIRED: dead('tls', 'its certificate has expired'),
  CERT_NOT_YET_VALID: dead('tls', 'its certificate is not valid yet'),
  DEPTH_ZERO_SELF_SIGNED_CERT: dead('tls', 'its certificate is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: dead('tls', 'its certificate comes from an authority that browsers do not know'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: dead('tls', 'its certificate comes from an authority that browsers do not know'),
  ERR_TLS_CERT_ALTNAME_INVALID: dead('tls', 'its certificate is for another name'),
  ERR_SSL_UNSUPPORTED_PROTOCOL: dead('tls', 'it speaks only an old TLS that browsers refuse'),
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: dead('tls', 'it speaks only an old TLS that browsers refuse'),
  ERR_SSL_WRONG_VERSION_NUMBER: dead('tls', 'it does not speak TLS'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: dead('tls', 'it does not speak TLS'),
}

/** The row for what came back. Throws nothing; an error nobody foresaw is unsure and worth another try. */
export function findVisit(visit: Visit): Finding {
  const last = visit.hops.at(-1)
  const landed = visit.trail.at(-1) ?? last?.url ?? null
  const base = { status: last?.status ?? null, finalUrl: landed, movedTo: movedTo(visit), warnings: [] }
  const host = hostOf(landed)
  if (visit.stopped !== null) return { ...base, ...stopRow(visit), finalUrl: visit.next }
  if (visit.error !== null && !landedWhole(visit)) {
    const row = errorRow(visit.error, visit)
    const why = row.why ?? visit.error.message
    return {
      ...base,
      ...row,
      status: visit.ended === 'cut' ? base.status : null,
      why: why.startsWith(host) ? why : `${host}: ${why}`,
    }
  }
  if (!last) return { ...base, ...again(unsure('reset')), why: `${host}: no answer came` }
  const row = statusRow(last.status)
  if (PARKING_HOSTS.some((name) => isUnder(host, name)) && visit.trail.length > 1) {
    return { ...base, ...dead('parked'), why: `it leads to ${host}, which sells domains` }
  }
  return { ...base, ...row, why: row.why ?? `${last.status} ${STATUS_CODES[last.status] ?? ''}`.trim() }
}

/** A whole answer outweighs an error that linkinator met afterwards. */
const landedWhole = (visit: Visit): boolean =>
  visit.hops.length > 0 &&
  visit.ended !== 'cut' &&
  visit.hops.length >= visit.trail.length &&
  !isRedirect(visit.hops.at(-1)?.status ?? 0)

function statusRow(status: number): Row {
  const row = STATUSES[status]
  if (row) return row
  if (status >= 200 && status < 300) return { verdict: 'alive', cause: 'ok', again: false }
  if (status >= 300 && status < 400) return unsure('server-error', `${status} without saying where to go`)
  if (status >= 400 && status < 500) return unsure('client-error')
  return status < 600 ? again(unsure('server-error')) : unsure('server-error')
}

function errorRow(error: VisitError, visit: Visit): Row {
  const row = ERRORS[error.code]
  if (visit.ended === 'cut') {
    return row?.cause === 'time-out'
      ? again(unsure('time-out', 'the page began and did not end in time'))
      : again(unsure('cut-short', 'the page broke off'))
  }
  if (row) return row
  if (/^(?:ERR_SSL|ERR_TLS|CERT_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/.test(error.code))
    return dead('tls', `TLS fails (${error.code})`)
  if (error.message === 'bad port') return dead('malformed', 'a port that browsers refuse to open')
  if (error.code === 'ERR_INVALID_URL') return dead('malformed', 'it redirects to something that is no address')
  if (error.message.includes('redirect count')) return dead('redirect-loop', 'more than twenty redirects')
  return again(unsure('reset'))
}

function stopRow(visit: Visit): Row & { why: string } {
  const next = visit.next ?? ''
  if (visit.stopped === 'elsewhere') {
    const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(next)?.[0] ?? next.slice(0, 40)
    const program = !/^(?:data|file|ftp|javascript|about|blob|vbscript):/i.test(scheme)
    const row = program ? unsure('malformed') : dead('malformed')
    return { ...row, why: `it redirects to a ${scheme} address, which is no web page` }
  }
  // Browsers may go there. We bring nobody's password anywhere, and repeat it to nobody.
  if (visit.stopped === 'password')
    return { ...unsure('malformed'), why: 'it redirects to an address with a user name or a password in it' }
  if (visit.stopped === 'too-many') return { ...dead('redirect-loop'), why: 'more than twenty redirects' }
  // We keep no cookies. A site that sets one and asks again may well let a browser in.
  const cookie = visit.hops.some(({ headers }) => headers['set-cookie'] !== undefined)
  return cookie
    ? { ...unsure('redirect-loop'), why: `it redirects in a circle, at ${next}, perhaps until it sees its cookie` }
    : { ...dead('redirect-loop'), why: `it redirects in a circle, at ${next}` }
}

/** Where 301 and 308 alone lead, from the first hop on. */
function movedTo(visit: Visit): string | null {
  let target: string | null = null
  for (const [n, hop] of visit.hops.entries()) {
    if (hop.status !== 301 && hop.status !== 308) break
    target = visit.trail[n + 1] ?? null
  }
  return target
}

/** For people: the host as written, Unicode where it is an internationalised one. */
export const hostOf = (url: string | null): string => {
  const parsed = url === null ? null : URL.parse(url)
  return parsed ? domainToUnicode(parsed.hostname) || parsed.hostname : ''
}

export const isUnder = (host: string, name: string): boolean => host === name || host.endsWith(`.${name}`)
