/**
 * A receiving SMTP server of our own for tests: it logs what the wire says, keeps what it accepted, and misbehaves on
 * request, at every stage and for single recipients. Strict where it matters: only CRLF . CRLF ends a message.
 */
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { receive } from './smtp-session.ts'

export type Stage =
  | 'greeting'
  | 'ehlo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'body'
  | 'dot'
  | 'rset'
  | 'quit'

/** What the server knows when it is asked how to behave. */
export interface Context {
  readonly stage: Stage
  readonly session: number
  /** Which message of this session, from 1. */
  readonly nth: number
  readonly from: string
  readonly to: string
}

/**
 * drop: cut the connection. hang: never answer. reply: answer this instead (several lines as an array), `next` act.
 * delay: wait so many milliseconds, then go on as usual, or with `next`. At `body` an act comes with the first octet.
 */
export type Act =
  | 'drop'
  | 'hang'
  | { readonly reply: string | readonly string[]; readonly next?: Act }
  | { readonly delay: number; readonly next?: Act }

export type Acting = Act | ((context: Context) => Act | undefined | Promise<Act | undefined>)

export interface Behaviour extends Partial<Record<Stage, Acting>> {
  /** For one recipient, beside and before the general acts at rcpt, data, body and dot. */
  readonly only?: Readonly<Record<string, Partial<Record<'rcpt' | 'data' | 'body' | 'dot', Acting>>>>
  readonly pipelining?: boolean
  /** Offers DSN (RFC 3461). */
  readonly dsn?: boolean
  readonly smtputf8?: boolean
  readonly eightBitMime?: boolean
  /** The limit in SIZE; 0 offers SIZE without one, null offers none. Default 10 MB. */
  readonly size?: number | null
  /** A certificate: offers STARTTLS, or speaks TLS at once with `implicit`. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly implicit?: boolean }
  /** Offers AUTH PLAIN for exactly these. */
  readonly login?: { readonly user: string; readonly pass: string }
  /** Offers AUTH XOAUTH2; gives whether it takes a token. `challenge`: says why not in a 334 before the 535, as Gmail does. */
  readonly xoauth2?: { readonly takes: (user: string, token: string) => boolean; readonly challenge?: boolean }
  /** Awaited at the first octet of a body, before more of it is read. */
  readonly onFirstBodyByte?: (envelope: SinkEnvelope, raw: Buffer) => void | Promise<void>
  /** Awaited when the dot is in and the message is kept, before the reply. */
  readonly onDot?: (envelope: SinkEnvelope, raw: Buffer) => void | Promise<void>
  /** Told of each event as it happens. */
  readonly onEvent?: (event: SinkEvent) => void
}

export interface SinkEnvelope {
  readonly from: string
  readonly to: readonly string[]
}

export interface SinkMessage extends SinkEnvelope {
  /** As received, without the dot stuffing. */
  readonly raw: Buffer
  /** When the dot came, Date.now(). */
  readonly at: number
  readonly session: number
}

/** One thing that happened, in the order of the wire. `reply` is written just before the reply leaves. */
export interface SinkEvent {
  readonly at: number
  readonly session: number
  readonly event: 'open' | 'command' | 'body' | 'dot' | 'reply' | 'close'
  /** The command line; for `reply` the reply; for `dot` the Message-ID. */
  readonly line: string
  readonly from?: string
  readonly to?: string
  readonly octets?: number
}

export interface Sink extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly url: string
  /**
   * Every message whose dot arrived and which was not refused (4yz, 5yz) after it: also one whose 250 was lost, for
   * the server has it.
   */
  readonly messages: SinkMessage[]
  readonly log: SinkEvent[]
  /** Command lines alone, for short assertions. */
  readonly commands: () => string[]
  /** Connections so far. */
  readonly sessions: () => number
  /** Replaces the behaviour from the next stage on. */
  behave(behaviour: Behaviour): void
  close(): Promise<void>
}

export async function openSink(behaviour: Behaviour = {}, port = 0): Promise<Sink> {
  const sockets = new Set<net.Socket>()
  const running = new Set<Promise<void>>()
  const sink = { behaviour, messages: [] as SinkMessage[], log: [] as SinkEvent[] }
  let sessions = 0
  const accept = (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.setNoDelay(true)
    sessions += 1
    const session = receive(socket, sessions, sink).finally(() => {
      socket.destroy()
      running.delete(session)
    })
    running.add(session)
  }
  const server = behaviour.tls?.implicit ? tls.createServer(behaviour.tls, accept) : net.createServer(accept)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as net.AddressInfo).port
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await Promise.all(running)
  }
  return {
    host: '127.0.0.1',
    port: bound,
    url: `smtp${behaviour.tls?.implicit ? 's' : ''}://127.0.0.1:${bound}`,
    messages: sink.messages,
    log: sink.log,
    commands: () => sink.log.filter(({ event }) => event === 'command').map(({ line }) => line),
    sessions: () => sessions,
    behave: (next) => {
      sink.behaviour = next
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
