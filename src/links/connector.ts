/**
 * The only way out for a look. A connector, not merely a lookup: undici never asks `lookup` for a literal, so 127.0.0.1,
 * [::1] or ::ffff:127.0.0.1 would pass, also after a redirect. Every literal and every address of a name is vetted here,
 * for each new connection, and Node connects to exactly the addresses that this lookup returned: a name that answers
 * differently the second time is vetted the second time.
 */
import { isIP, type LookupFunction } from 'node:net'
import { createSecureContext, getCACertificates } from 'node:tls'
import { buildConnector } from 'undici'
import type { RefuseAddress } from './addresses.ts'
import type { Names } from './names.ts'

export interface Guard {
  readonly refuses: RefuseAddress
  readonly names: Names
  /** Milliseconds for name, TCP and TLS together. */
  readonly timeout: number
  /** Extra certificate authorities (PEM) beside those that Node brings; null for none. */
  readonly ca: string | null
}

/** Rejected connections carry `code: 'LOOK_REFUSED'`; unknown names those of names.ts. */
export function guardedConnector(guard: Guard): buildConnector.connector {
  const connect = buildConnector({
    timeout: guard.timeout,
    allowH2: false,
    // Said outright: NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment must not make every certificate good.
    rejectUnauthorized: true,
    lookup: guardedLookup(guard),
    ...(guard.ca === null ? {} : { secureContext: contextWith(guard.ca) }),
  })
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, '')
    const refusal = isIP(literal) === 0 ? null : guard.refuses(literal)
    if (refusal === null) connect(options, callback)
    else callback(refusedError(refusal), null)
  }
}

/** Made once: a list of authorities read anew for each connection costs 10 ms every time. */
function contextWith(ca: string) {
  return createSecureContext({ ca: [...getCACertificates('default'), ca] })
}

function guardedLookup({ names, refuses }: Guard): LookupFunction {
  return (host, options, callback) => {
    names.addresses(host).then(
      (found) => {
        const refusal = found.map(({ address }) => refuses(address)).find((why) => why !== null)
        const first = found[0]
        if (refusal !== undefined) callback(refusedError(`${host}: ${refusal}`), '')
        else if (options.all) callback(null, [...found])
        else if (first) callback(null, first.address, first.family)
      },
      (error) => callback(error, ''),
    )
  }
}

function refusedError(why: string): NodeJS.ErrnoException {
  return Object.assign(new Error(why), { code: 'LOOK_REFUSED' })
}
