/** From a route to a session that takes mail: connection, greeting, TLS, login. */
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection'
import XOAuth2, { type XOAuth2ProvisionCallback } from 'nodemailer/lib/xoauth2'
import { Complaint } from '../complaint.ts'
import { type AccessTokens, GrantRefused } from './oauth.ts'
import type { Reply, ReplyClass } from './outcome.ts'
import { classify, type Stage } from './reply.ts'
import { isLoopback, type Route } from './route.ts'
import { replyIn, silence, withoutDotStream } from './transaction.ts'

/** Milliseconds. */
export interface LaneTimeouts {
  /** From the name look-up to the end of STARTTLS. */
  readonly connect: number
  readonly greeting: number
  /**
   * Silence on the line after that. Never under ten minutes in earnest: RFC 5321 §4.5.3.2.6 gives the server that long
   * between the dot and its reply, and to hang up sooner makes an accepted message uncertain.
   */
  readonly reply: number
  readonly quit: number
}

export const laneTimeouts: LaneTimeouts = Object.freeze({
  connect: 120_000,
  greeting: 60_000,
  reply: 600_000,
  quit: 5_000,
})

export interface LaneOptions {
  readonly timeouts?: Partial<LaneTimeouts>
  /** A certificate authority beside the usual ones, PEM. */
  readonly ca?: string | Buffer
}

/** What the relay offered after EHLO. `size` is its limit in octets, null where it named none. */
export interface Offers {
  readonly extensions: ReadonlySet<string>
  readonly size: number | null
}

/** The session could not be opened. Ordinary news of a relay that is down, busy or does not take us; shaped like the outcome. */
export class Unreached extends Complaint {
  readonly kind = 'unreached'
  readonly why: string
  readonly class: ReplyClass | null
  readonly reply: Reply | null

  constructor(route: Route, why: string, news: { class: ReplyClass | null; reply: Reply | null; cause: unknown }) {
    super(`the relay ${route.host}:${route.port} did not open a session: ${why}`, {
      remedy:
        news.class === 'auth'
          ? 'check the user and password in SMTP_URL, or SMTP_OAUTH'
          : 'check SMTP_URL and that the relay is up; what waits is sent when it answers',
      cause: news.cause,
    })
    this.name = 'Unreached'
    this.why = why
    this.class = news.class
    this.reply = news.reply
  }
}

export interface Session {
  readonly connection: SMTPConnection
  readonly offers: Offers
  readonly timeouts: LaneTimeouts
}

/** Connects, greets, secures and logs in. Rejects with `Unreached`. */
export async function openSession(route: Route, options: LaneOptions = {}): Promise<Session> {
  const tokens: string[] = []
  try {
    return await openOnce(route, options, tokens)
  } catch (error) {
    const [used, ...more] = tokens
    const mayBeOld = error instanceof Unreached && error.class === 'auth' && used !== undefined && more.length === 0
    if (!mayBeOld || !route.auth || !('access' in route.auth)) throw error
    // A token may be refused before its time is over: once more, with a new one.
    route.auth.access.refused(used)
    return await openOnce(route, options, [...tokens])
  }
}

async function openOnce(route: Route, options: LaneOptions, tokens: string[]): Promise<Session> {
  const timeouts = { ...laneTimeouts, ...options.timeouts }
  const connection = new SMTPConnection({
    host: route.host,
    port: route.port,
    name: route.ehloName,
    secure: route.tls === 'implicit',
    // Without requireTLS a stripped STARTTLS makes nodemailer log in and send in clear (RFC 3207 §6).
    requireTLS: route.tls === 'required',
    // A relay on loopback often offers STARTTLS with a certificate made for another name.
    ignoreTLS: route.tls === 'none',
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.reply,
    socketCloseTimeout: timeouts.quit,
    allowInternalNetworkInterfaces: isLoopback(route.host),
    tls: { minVersion: 'TLSv1.2', ...(options.ca === undefined ? {} : { ca: options.ca }) },
  })
  return { connection: withoutDotStream(connection), offers: await greeted(connection, route, tokens), timeouts }
}

/** `tokens` gets those that were tried. */
function greeted(connection: SMTPConnection, route: Route, tokens: string[]): Promise<Offers> {
  return new Promise((resolve, reject) => {
    let stage: Stage = 'connect'
    let grant: Error | null = null
    const fail = (error: SMTPError) => {
      const at = stage === 'auth' ? stage : error.command === 'CONN' ? 'connect' : 'ehlo'
      const reply = replyIn(error)
      const replyClass = reply && classify(reply, at)
      const news = { class: grant instanceof GrantRefused ? 'auth' : replyClass, reply, cause: error } as const
      const why = grant?.message ?? (reply ? `${reply.code} ${reply.text}` : silence(error))
      reject(new Unreached(route, why, news))
      // Last, for it emits 'end', and the first fault is the one to tell.
      connection.close()
    }
    // This listener stays for the life of the connection: an 'error' without one would end the program.
    connection.on('error', fail)
    connection.once('end', () => fail(new Error('the connection ended')))
    connection.connect((error) => {
      if (error) return fail(error)
      const offers = readOffers(String(connection.lastServerResponse))
      if (!route.auth) return resolve(offers)
      stage = 'auth'
      const onGrant = (error: Error) => {
        grant = error
      }
      const login = 'access' in route.auth ? byToken(route.auth, tokens, onGrant) : route.auth
      connection.login(login, (refused) => (refused ? fail(refused) : resolve(offers)))
    })
  })
}

/** nodemailer asks for a second token where the relay answers the first with a challenge that says what is wrong. */
function byToken(
  { user, access }: { readonly user: string; readonly access: AccessTokens },
  tokens: string[],
  onGrant: (error: Error) => void,
) {
  const provisionCallback: XOAuth2ProvisionCallback = (_user, renew, done) => {
    const last = tokens.at(-1)
    if (renew && last !== undefined) access.refused(last)
    access.get().then(
      (token) => {
        tokens.push(token)
        done(null, token)
      },
      (error: Error) => {
        onGrant(error)
        done(error)
      },
    )
  }
  return { user, oauth2: new XOAuth2({ user, provisionCallback }) }
}

function readOffers(ehlo: string): Offers {
  const lines = ehlo.split(/\r?\n/).map((line) =>
    line
      .replace(/^\d{3}[ -]/, '')
      .trim()
      .toUpperCase(),
  )
  const extensions = new Set(lines.slice(1).map((line) => line.split(/[ =]/, 1)[0] ?? ''))
  const size = lines.map((line) => /^SIZE (\d+)$/.exec(line)?.[1]).find((limit) => limit !== undefined)
  return { extensions, size: Number(size ?? 0) || null }
}
