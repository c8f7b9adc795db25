/** What both listeners share: fastify without logs (paths hold tokens), limits, headers on every answer, and an end. */
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import { Complaint } from '../complaint.ts'
import { OWN_POLICY } from './page.ts'

export interface Listen {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Addresses and networks of proxies: what they say in X-Forwarded-For of who asks is believed. */
  readonly proxies?: readonly string[]
}

/** A listener that is open. Disposing of it ends it: answers under way are finished, idle connections closed. */
export interface Web extends AsyncDisposable {
  /** `http://127.0.0.1:8080`, with the port it really has. */
  readonly url: string
  readonly port: number
}

/** Told of a fault that an answer could not show; where is the route's pattern, never the address with its token. */
export type OnFault = (error: unknown, where: string) => void

const HEADERS = {
  'content-security-policy': OWN_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/**
 * A server with the limits and headers of our pages, not listening yet. Bodies of at most 16 KiB, in 10 s. Who asks is
 * whoever connects, or else the last in X-Forwarded-For whom none of our proxies is: what stands before that anybody may
 * have written.
 */
export function openServer({ proxies = [] }: Pick<Listen, 'proxies'> = {}): FastifyInstance {
  const server = fastify({
    logger: false,
    trustProxy: proxies.length > 0 && [...proxies],
    bodyLimit: 16_384,
    requestTimeout: 10_000,
    connectionTimeout: 30_000,
    keepAliveTimeout: 5_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    // An address that cannot be decoded is refused before any hook: it gets the headers here, and not its own words back.
    frameworkErrors: (_error, _request, reply: FastifyReply) =>
      void reply.headers(HEADERS).code(400).type('text/plain; charset=utf-8').send('this is no address\n'),
  })
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS)
  })
  return server
}

/** Sends a document of ours. */
export const show = (reply: FastifyReply, code: number, document: string): FastifyReply =>
  reply.code(code).type('text/html; charset=utf-8').send(document)

/** Listens; a Complaint with exit 3 names the key to change where the address cannot be had. */
export async function listen(server: FastifyInstance, { host, port }: Listen, key: string): Promise<Web> {
  try {
    await server.listen({ host, port })
  } catch (cause) {
    await server.close()
    const { code } = cause as NodeJS.ErrnoException
    const why = { EADDRINUSE: 'something listens there already', EACCES: 'that port is not ours to take' }[code ?? '']
    throw new Complaint(`cannot listen on ${host}:${port}: ${why ?? (cause as Error).message}`, {
      remedy: `end what listens there, or set ${key} to another address`,
      exit: 3,
      cause,
    })
  }
  const address = server.server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    [Symbol.asyncDispose]: () => server.close(),
  }
}
