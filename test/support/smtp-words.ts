/** What a receiving server of ours is told to do, and what it tells of what happened. */

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
