/** One message after the other over one session: a lane. */
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Envelope, Outcome } from './outcome.ts'
import type { Route } from './route.ts'
import { type LaneOptions, type Offers, openSession, type Session } from './session.ts'
import { type Begun, begin } from './transaction.ts'

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

/**
 * A lane on a session of its own. Rejects with `Unreached`. There is no pool and no retry here: the ledger is the one
 * retrier, and a pool re-queues messages by itself when its connection closes.
 */
export async function openLane(route: Route, options: LaneOptions = {}): Promise<Lane> {
  return laneOver(await openSession(route, options), route.name)
}

function laneOver({ connection, offers, timeouts }: Session, name: string): Lane {
  const end = watchEnd(connection)
  const resets = resetsOf(connection, end)
  const line = pipeline((message) => end.tells(begin(connection, message.envelope, message.message)))
  let carried = 0
  let closing: Promise<void> | null = null
  let inHand: Promise<void> | null = null

  const one: Lane['submit'] = async (envelope, message, hand) => {
    const refusal = refusedHere(envelope, message, offers)
    if (refusal) return refusal
    line.announce(null)
    // Mostly there is none, and a message costs no turn of the loop for it.
    const clean = resets.done()
    if (clean) await clean
    const begun = line.take(message)
    if (begun === 'another') connection.close()
    const isBegun = begun !== null && begun !== 'another'
    if ((end.hasCome() && !isBegun) || closing) return { kind: 'unreached', why: 'the lane is closed', class: null }
    const mine = isBegun ? begun : line.start({ envelope, message })
    const { outcome, after } = await mine.complete(hand, line.go).finally(() => end.isNoNews(mine))
    if (outcome.kind === 'accepted') carried += 1
    if (after === 'close') connection.close()
    if (after === 'reset' && !end.hasCome()) resets.begin()
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

  const quit = async () => {
    await inHand
    await resets.done()
    // Whoever was let go ahead and does not come: QUIT would be the first line of its body.
    if (line.isAhead()) connection.close()
    if (!end.hasCome()) await goodbye(connection, timeouts.quit)
  }

  const close = () => {
    closing ??= quit()
    return closing
  }
  return {
    route: name,
    get usable() {
      return !end.hasCome() && !closing
    },
    get idle() {
      return !end.hasCome() && !closing && !inHand && line.isEmpty()
    },
    get carried() {
      return carried
    },
    offers,
    submit,
    announce: (envelope, message) => {
      // What is refused here is not begun: it is refused again when it is submitted.
      if (!offers.extensions.has('PIPELINING') || refusedHere(envelope, message, offers)) return
      line.announce({ envelope, message })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface End {
  hasCome(): boolean
  /** Gives it back; it is abandoned when the end comes, for then nothing else may tell it. */
  tells<T extends Pick<Begun, 'abandon'>>(waiting: T): T
  /** It has its answer. */
  isNoNews(waiting: Pick<Begun, 'abandon'>): void
}

/** Knows whether a session has ended, and lets go whoever waits for an answer that can no longer come. */
function watchEnd(connection: SMTPConnection): End {
  let ended = false
  const waiting = new Set<Pick<Begun, 'abandon'>>()
  connection.once('end', () => {
    ended = true
    // nodemailer tells the waiting callback right after this event, when it tells it at all.
    setImmediate(() => {
      for (const one of waiting) one.abandon()
    })
  })
  return {
    hasCome: () => ended,
    tells: (one) => {
      waiting.add(one)
      return one
    },
    isNoNews: (one) => void waiting.delete(one),
  }
}

/** After a refusal the next message needs a clean session (RFC 5321 §4.1.1.5); it waits for that, the outcome does not. */
function resetsOf(connection: SMTPConnection, end: End) {
  let resetting: Promise<void> | null = null
  const reset = (): Promise<void> =>
    new Promise((resolve) => {
      const waiting = end.tells({ abandon: resolve })
      connection.reset((error) => {
        end.isNoNews(waiting)
        if (error) connection.close()
        resolve()
      })
    })
  return {
    begin: (): void => {
      resetting = reset()
    },
    /** Null: there is none to wait for. */
    done: (): Promise<void> | null => {
      const last = resetting
      resetting = null
      return last
    },
  }
}

/** The message to begin with the dot of the one in hand, and the one that was begun so (RFC 2920 §3.1). */
function pipeline(start: (message: Message) => Begun) {
  let announced: Message | null = null
  let ahead: (Message & { readonly begun: Begun }) | null = null
  return {
    start,
    announce: (message: Message | null): void => {
      announced = message
    },
    /** The dot is about to leave: what is announced goes with it. */
    go: (): void => {
      if (announced) ahead = { ...announced, begun: start(announced) }
      announced = null
    },
    /** What was begun of this message; `another`: another one was, and the session waits for its body. */
    take: (message: Buffer): Begun | 'another' | null => {
      const was = ahead
      ahead = null
      return was === null ? null : was.message === message ? was.begun : 'another'
    },
    isAhead: () => ahead !== null,
    isEmpty: () => ahead === null && announced === null,
  }
}

/** QUIT (RFC 5321 §4.1.1.10). A relay that does not answer it is left all the same. */
async function goodbye(connection: SMTPConnection, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => connection.close(), ms)
    connection.once('end', () => {
      clearTimeout(timer)
      resolve()
    })
    connection.quit()
  })
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
