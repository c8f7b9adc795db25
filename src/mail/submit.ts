/** One message after the other over one session: a lane. */
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
