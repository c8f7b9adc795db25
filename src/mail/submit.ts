import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection'
import XOAuth2, { type XOAuth2ProvisionCallback } from 'nodemailer/lib/xoauth2'
import { Complaint } from '../complaint.ts'
import { type AccessTokens, GrantRefused } from './oauth.ts'
import type { Envelope, Outcome, Reply, ReplyClass } from './outcome.ts'
import { classify, type Stage } from './reply.ts'
import { isLoopback, type Route } from './route.ts'
import { type Begun, begin, replyIn, silence } from './transaction.ts'

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

/** One connection to one relay, for one message after the other. */
export interface Lane extends AsyncDisposable {
  /** The name of its route. */
  readonly route: string
  /** False once the session ended: open another lane. */
  readonly usable: boolean
  /** Usable, and nothing is in hand or announced: another may take it over. */
  readonly idle: boolean
  /** Messages that the relay took over this lane. */
  readonly carried: number
  readonly offers: Offers
  /**
   * Submits one message to one recipient. `hand` is asked once the relay said 354 and before a byte of the body leaves:
   * only if it comes true does the body go. Resolves when both the session's part and `hand` are over, never rejects
   * for news from the wire; rejects with what `hand` threw, and then nothing was sent.
   */
  submit(envelope: Envelope, message: Buffer, hand: () => Promise<boolean>): Promise<Outcome>
  /**
   * Names the message that will be submitted after the one in hand. Where the relay offers PIPELINING its envelope goes
   * with the dot before it (RFC 2920 §3.1), which saves a round trip and two system calls a message; its body waits for
   * its own 354 and hand all the same. `message` must be the same Buffer then. Another one submitted in its stead finds
   * the lane closed.
   */
  announce(envelope: Envelope, message: Buffer): void
  /** Waits for the message in hand, says QUIT and hangs up. Safe to call twice. */
  close(): Promise<void>
}

/** The lane could not be opened. Ordinary news of a relay that is down, busy or does not take us; shaped like the outcome. */
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

/**
 * Connects, greets, secures and logs in. Rejects with `Unreached`. There is no pool and no retry here: the ledger is
 * the one retrier, and a pool re-queues messages by itself when its connection closes.
 */
export async function openLane(route: Route, options: LaneOptions = {}): Promise<Lane> {
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

async function openOnce(route: Route, options: LaneOptions, tokens: string[]): Promise<Lane> {
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
  return laneOver(connection, await session(connection, route, tokens), { name: route.name, timeouts })
}

/** `tokens` gets those that were tried. */
function session(connection: SMTPConnection, route: Route, tokens: string[]): Promise<Offers> {
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

function laneOver(
  connection: SMTPConnection,
  offers: Offers,
  { name, timeouts }: { name: string; timeouts: LaneTimeouts },
): Lane {
  let ended = false
  let carried = 0
  let closing: Promise<void> | null = null
  let inHand: Promise<void> | null = null
  let resetting: Promise<void> | null = null
  /** The message to begin with the dot of the one in hand, and the one that was. */
  let announced: Message | null = null
  let ahead: (Message & { readonly begun: Begun }) | null = null
  /** Whoever waits for an answer that can no longer come. */
  const waiting = new Set<() => void>()
  connection.once('end', () => {
    ended = true
    // nodemailer tells the waiting callback right after this event, when it tells it at all.
    setImmediate(() => {
      for (const abandon of waiting) abandon()
    })
  })

  /** After a refusal the next message needs a clean session (RFC 5321 §4.1.1.5); it waits for that, the outcome does not. */
  const reset = () =>
    new Promise<void>((resolve) => {
      waiting.add(resolve)
      connection.reset((error) => {
        waiting.delete(resolve)
        if (error) connection.close()
        resolve()
      })
    })

  const started = ({ envelope, message }: Message): Begun => {
    const begun = begin(connection, envelope, message)
    waiting.add(begun.abandon)
    return begun
  }
  const given = () => {
    if (announced) ahead = { ...announced, begun: started(announced) }
    announced = null
  }

  const one: Lane['submit'] = async (envelope, message, hand) => {
    const refusal = refusedHere(envelope, message, offers)
    if (refusal) return refusal
    announced = null
    if (resetting) await resetting
    resetting = null
    const begun = ahead?.message === message ? ahead.begun : null
    if (ahead && !begun) connection.close()
    ahead = null
    if ((ended && !begun) || closing) return { kind: 'unreached', why: 'the lane is closed', class: null }
    const mine = begun ?? started({ envelope, message })
    const { outcome, after } = await mine.complete(hand, given).finally(() => waiting.delete(mine.abandon))
    if (outcome.kind === 'accepted') carried += 1
    if (after === 'close') connection.close()
    if (after === 'reset' && !ended) resetting = reset()
    return outcome
  }

  const submit: Lane['submit'] = (envelope, message, hand) => {
    if (inHand) return Promise.reject(new Error('a lane carries one message at a time'))
    const outcome = one(envelope, message, hand)
    const done = () => {
      inHand = null
    }
    inHand = outcome.then(done, done)
    return outcome
  }

  const announce: Lane['announce'] = (envelope, message) => {
    // What is refused here is not begun: it is refused again when it is submitted.
    if (!offers.extensions.has('PIPELINING') || refusedHere(envelope, message, offers)) return
    announced = { envelope, message }
  }

  const quit = async () => {
    await inHand
    await resetting
    // Whoever was let go ahead and does not come: QUIT would be the first line of its body.
    if (ahead) connection.close()
    if (ended) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => connection.close(), timeouts.quit)
      connection.once('end', () => {
        clearTimeout(timer)
        resolve()
      })
      connection.quit()
    })
  }

  const close = () => {
    closing ??= quit()
    return closing
  }
  return {
    route: name,
    get usable() {
      return !ended && !closing
    },
    get idle() {
      return !ended && !closing && !inHand && !ahead && !announced
    },
    get carried() {
      return carried
    },
    offers,
    submit,
    announce,
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Message {
  readonly envelope: Envelope
  readonly message: Buffer
}

/** What can be known without a byte sent: the address needs SMTPUTF8 (RFC 6531 §3.1), the message is over SIZE (RFC 1870 §6). */
function refusedHere(envelope: Envelope, message: Buffer, { extensions, size }: Offers): Outcome | null {
  if (/[\p{Cc}\s<>,]/u.test(envelope.from + envelope.to) || !envelope.to.includes('@')) {
    throw new Error('an envelope carries addresses that did not pass parseAddress')
  }
  if (/\P{ASCII}/u.test(envelope.from + envelope.to) && !extensions.has('SMTPUTF8')) {
    const text = 'not sent: the address needs SMTPUTF8 and the relay does not offer it'
    return { kind: 'rejected', class: 'unsupported', reply: { code: 553, enhanced: '5.6.7', text } }
  }
  if (size !== null && message.length > size) {
    const text = `not sent: the message has ${message.length} octets and the relay takes ${size}`
    return { kind: 'rejected', class: 'too-big', reply: { code: 552, enhanced: '5.3.4', text } }
  }
  return null
}
