/**
 * A web site that misbehaves on request: a real server on loopback whose pages are a table, changed while it runs.
 *
 *   await using site = await openSite({ '/report': {}, '/gone': { status: 410 } })
 *   site.set('/report', { status: 404 })
 *   expect(site.requests).toHaveLength(1)
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { SecureVersion } from 'node:tls'
import { gzipSync } from 'node:zlib'

/** What the site does with a request. Everything has a default: 200, text/html, a small page with the path in it. */
export interface Behaviour {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Content-Type; text/html; charset=utf-8. Null: none is sent. */
  readonly type?: string | null
  readonly body?: string | Buffer
  /** Redirects there (302 unless `status` says otherwise). */
  readonly to?: string
  /** Milliseconds until the first byte of the answer. */
  readonly wait?: number
  /** Milliseconds between the two halves of the body. */
  readonly pause?: number
  /** No answer at all. */
  readonly silent?: boolean
  /** The connection ends without a byte (`close`) or with a reset (`reset`). */
  readonly end?: 'close' | 'reset'
  /** The body breaks off half-way. */
  readonly cut?: boolean
  /** The body goes on until the reader has had enough. */
  readonly endless?: boolean
  /** Gzips the body. */
  readonly gzip?: boolean
  /** One behaviour a request, the last one for all that follow. */
  readonly inTurn?: readonly Behaviour[]
}

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Site extends AsyncDisposable {
  readonly port: number
  /** Every request, in order. */
  readonly requests: readonly Seen[]
  /** Most requests that were open at one moment. */
  readonly mostAtOnce: number
  /** Connections made, with or without a request. */
  readonly connections: number
  /** `host` stands for the site's own: another name or address of the same machine. */
  url(path: string, host?: string): string
  set(path: string, behaviour: Behaviour): void
  seen(path: string): number
}

export interface SiteOptions {
  readonly host?: string
  readonly port?: number
  /** PEM; speaks https then. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly version?: SecureVersion }
  /** For every path that is not in the table; 404 without it. */
  readonly otherwise?: Behaviour
}

export async function openSite(
  pages: Readonly<Record<string, Behaviour>> = {},
  options: SiteOptions = {},
): Promise<Site> {
  const { host = '127.0.0.1', port = 0, tls, otherwise = { status: 404, body: page('404 Not Found') } } = options
  const table = new Map(Object.entries(pages))
  const requests: Seen[] = []
  const turns = new Map<string, number>()
  const sockets = new Set<Socket>()
  const over = new AbortController()
  let open = 0
  let mostAtOnce = 0
  let connections = 0

  const serve: RequestListener = (request, response) => {
    const path = request.url ?? '/'
    requests.push({ method: request.method ?? '', path, headers: request.headers, at: Date.now() })
    open++
    mostAtOnce = Math.max(mostAtOnce, open)
    response.once('close', () => open--)
    const turn = turns.get(path) ?? 0
    turns.set(path, turn + 1)
    const found = table.get(path) ?? table.get(path.split('?')[0] ?? '') ?? otherwise
    const now = found.inTurn?.[Math.min(turn, found.inTurn.length - 1)] ?? found
    // A client that has gone, or a site that closes meanwhile, is no fault of the site's.
    answer(now, path, request, response, over.signal).catch(() => response.destroy())
  }

  const server = tls
    ? createTlsServer({ key: tls.key, cert: tls.cert, ...oldTls(tls.version) }, serve)
    : createServer(serve)
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const listening = (server.address() as AddressInfo).port
  const authority = host.includes(':') ? `[${host}]` : host

  return {
    port: listening,
    requests,
    get mostAtOnce() {
      return mostAtOnce
    },
    get connections() {
      return connections
    },
    url: (path, name = authority) => `${tls ? 'https' : 'http'}://${name}:${listening}${path}`,
    set: (path, behaviour) => {
      table.set(path, behaviour)
      turns.delete(path)
    },
    seen: (path) => requests.filter((request) => request.path === path).length,
    [Symbol.asyncDispose]: async () => {
      over.abort()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A small page: a title, the same heading, a sentence. */
export const page = (title: string, body = '<p>A paragraph with a few words in it.</p>'): string =>
  `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`

async function answer(
  how: Behaviour,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (how.silent) return
  if (how.wait) await wait(how.wait, undefined, { signal })
  if (how.end === 'close') return void request.socket.destroy()
  if (how.end === 'reset') return void request.socket.resetAndDestroy()
  const status = how.status ?? (how.to === undefined ? 200 : 302)
  const plain = Buffer.from(
    how.body ?? (status === 204 || how.to !== undefined ? '' : page(`Page ${path.split('?')[0]}`)),
  )
  const body = how.gzip ? gzipSync(plain) : plain
  response.writeHead(status, {
    ...(how.type === null ? {} : { 'content-type': how.type ?? 'text/html; charset=utf-8' }),
    ...(how.to === undefined ? {} : { location: how.to }),
    ...(how.gzip ? { 'content-encoding': 'gzip' } : {}),
    ...(how.endless || status === 204 ? {} : { 'content-length': String(body.length) }),
    ...how.headers,
  })
  if (how.endless) return pour(body, response)
  if (!how.cut && !how.pause) return void response.end(body)
  const half = Math.floor(body.length / 2)
  response.write(body.subarray(0, half))
  if (how.pause) await wait(how.pause, undefined, { signal })
  if (how.cut) {
    // The half must be on its way before the connection goes, or it is a close without a byte.
    await wait(20, undefined, { signal })
    return void request.socket.destroy()
  }
  response.end(body.subarray(half))
}

function pour(body: Buffer, response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(body));
  }
  response.on('drain', more)
  more()
}

/** TLS before 1.2 needs the lowest security level, or OpenSSL refuses to serve it at all. */
const oldTls = (version: SecureVersion | undefined) =>
  version === undefined ? {} : ({ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' } as const)
