/**
 * One chunk over one lane, by the exact protocol: claim, and for each row compose, submit, hand, settle; then release.
 *
 * The body of a message leaves only after the 354 and after the commit that says this row is handed. Whatever ends the
 * worker at any point leaves either a row that certainly had not left, or one that is handed, which the next claim
 * turns uncertain. Replies travel with the lane's next commit.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { isComplaint } from '../complaint.ts'
import type { Claim, DueDelivery, Hand, HandAnswer, Settle } from '../ledger/index.ts'
import {
  type Envelope,
  type Lane,
  type Mould,
  type Outcome,
  parseAddress,
  RELAY_DOWN,
  type Reply,
  type ReplyClass,
  retryAfter,
  SESSION_END,
} from '../mail/index.ts'
import { mouldFor, recipientOf } from './casting.ts'
import { CERTIFICATE_AGE } from './certificate.ts'
import { isQuietFor } from './schedule.ts'
import type { Tools } from './tools.ts'

/** A worker that says nothing for so long has lost its chunk. Milliseconds. */
const LEASE = 60_000
/** What keeps a chunk waiting is looked at again after so long at the latest: it may have been changed. Milliseconds. */
const LOOK_AGAIN = 15 * 60_000
const TRIES_AT_THE_END = 5

type DeliverTools = Pick<
  Tools,
  'config' | 'ledger' | 'tokens' | 'openLane' | 'park' | 'rest' | 'permit' | 'sign' | 'now' | 'stopping' | 'log'
>

export interface DeliverOptions {
  readonly owner: string
  readonly leaseMs?: number
  /** Milliseconds to wait after a relay that is down, and after a 421. */
  readonly relayDown?: number
  readonly sessionEnd?: number
}

export async function deliver(tools: DeliverTools, chunk: number, options: DeliverOptions): Promise<void> {
  const leaseMs = options.leaseMs ?? LEASE
  const claim = await tools.ledger.claim({
    chunk,
    owner: options.owner,
    leaseMs,
    now: tools.now(),
    certificateAge: CERTIFICATE_AGE,
  })
  if (claim === null) return
  if (claim === 'uncertified') return tools.log('mailing-uncertified', { chunk })
  const run = new Run(tools, claim, { ...options, leaseMs })
  // A reply may take ten minutes (RFC 5321 §4.5.3.2.6), a lease lasts one: it is kept while its owner lives.
  const keep = setInterval(
    () => void tools.ledger.renew({ chunk, epoch: claim.epoch, leaseMs }).catch(() => {}),
    leaseMs / 3,
  )
  try {
    await run.all()
  } catch (error) {
    // What has a remedy is for a person, and the next claim would meet it again. Anything else may pass, such as a
    // ledger that is away for a moment: the chunk waits.
    if (isComplaint(error)) await run.stopTheRun(error.message)
    else run.wait()
    throw error
  } finally {
    clearInterval(keep)
    await run.end()
  }
}

/** What became of a row, for the loop: go on, try it once more on a fresh lane, or leave the chunk. */
type Next = 'next' | 'again' | 'leave'

class Run {
  readonly #tools: DeliverTools
  readonly #claim: Claim
  readonly #options: DeliverOptions & { leaseMs: number }
  #lane: Lane | null = null
  /** Buffers to compose in that no message on its way is in: with the one in hand and the one after it, two a lane. */
  readonly #rooms: Buffer[] = []
  /** The message after the one in hand. */
  #ahead: Composed | null = null
  /** Replies in memory, settled with the next commit. */
  #heard: Settle[] = []
  #notBefore = 0
  #answer: HandAnswer | 'late' | null = null

  constructor(tools: DeliverTools, claim: Claim, options: DeliverOptions & { leaseMs: number }) {
    this.#tools = tools
    this.#claim = claim
    this.#options = options
  }

  async all(): Promise<void> {
    const { mailing, rows } = this.#claim
    if (rows.length === 0) return
    const stamped = await mouldFor(this.#tools, mailing)
    const later = await this.#through(stamped, rows, false)
    // Domains over their rate kept nobody else waiting. Now nobody else is left, so a turn that is near is waited for.
    if (later.length > 0) await this.#through(stamped, later, true)
  }

  /** Gives the rows whose domain is over its rate; none where the chunk is to be left. */
  async #through(stamped: Mould, rows: readonly DueDelivery[], patient: boolean): Promise<DueDelivery[]> {
    const later: DueDelivery[] = []
    const over = new Set<string>()
    for (const [at, row] of rows.entries()) {
      for (let next: Next = 'again'; next === 'again'; ) {
        if (this.#tools.stopping() || this.#isQuiet()) return []
        if (this.#tools.permit.domain && !(await this.#turnOf(row, patient, over))) {
          later.push(row)
          break
        }
        if (!this.#lane?.usable && !(await this.#open())) return []
        next = await this.#permitted()
        if (next === 'next') next = await this.#one(stamped, row, rows[at + 1])
        if (next === 'leave') return []
        if (next === 'again') await this.#hangUp()
      }
    }
    return later
  }

  #isQuiet(): boolean {
    const until = isQuietFor(this.#tools, this.#claim.mailing.kind, this.#tools.now())
    if (until !== null) this.#waitUntil(until)
    return until !== null
  }

  /** Whether the recipient's domain may have one more. `over`: those that were asked and may not. */
  async #turnOf(row: DueDelivery, patient: boolean, over: Set<string>): Promise<boolean> {
    const domain = row.address.slice(row.address.lastIndexOf('@') + 1)
    if (over.has(domain)) return false
    const notBefore = await this.#asked(this.#tools.permit.domain?.(domain, patient))
    if (notBefore === null) return true
    over.add(domain)
    if (patient && notBefore !== 'unknown') this.#waitUntil(Math.min(this.#notBefore || notBefore, notBefore))
    return false
  }

  /** `leave`: the route may carry no more for now, and there is no other; or nobody can say, so no new mail leaves. */
  async #permitted(): Promise<Next> {
    const { permit, rest, now } = this.#tools
    const lane = this.#lane
    if (permit.route === null || lane === null) return 'next'
    const notBefore = await this.#asked(permit.route(lane.route))
    if (notBefore === null) return 'next'
    if (notBefore === 'unknown') return 'leave'
    if (rest(lane.route, Math.min(notBefore - now(), LOOK_AGAIN))) return 'again'
    this.#waitUntil(notBefore)
    return 'leave'
  }

  /** While Redis is away nobody knows whose turn it is: the chunk waits, and no relay is to blame. */
  async #asked(permit: Promise<number | null> | undefined): Promise<number | null | 'unknown'> {
    try {
      return (await permit) ?? null
    } catch (error) {
      this.#tools.log('no-permit', { why: (error as Error).message })
      this.wait()
      return 'unknown'
    }
  }

  async #hangUp(): Promise<void> {
    if (this.#lane) await this.#tools.park(this.#lane)
    this.#lane = null
  }

  /**
   * The last replies, then the lane, then the chunk, in this order: a chunk given back has nothing unsettled. Replies
   * are kept while the ledger is away: what a receiver has said is not known anywhere else.
   */
  async end(): Promise<void> {
    if (this.#lane) await this.#tools.park(this.#lane)
    await this.#untilWritten(() => this.#giveBack())
  }

  async #giveBack(): Promise<void> {
    const { ledger, now } = this.#tools
    if (this.#heard.length > 0) await this.#write(null)
    const { chunk, epoch } = this.#claim
    await ledger.release({ chunk, epoch, notBefore: this.#notBefore, now: now() })
  }

  /** One commit: what was heard, and perhaps a hand. What a failed commit did not take is kept for the next. */
  async #write(hand: Hand | null): Promise<HandAnswer | null> {
    const settles = this.#heard
    this.#heard = []
    try {
      const { ledger, now } = this.#tools
      return (await ledger.write({ settles, hand, now: now(), leaseMs: this.#options.leaseMs })).hand
    } catch (error) {
      this.#heard = [...settles, ...this.#heard]
      throw error
    }
  }

  /** Tries until it is done; once the program is to end, only for a while: then the lease finds what is left. */
  async #untilWritten(write: () => Promise<void>): Promise<void> {
    for (let tries = 1, ending = 0; ; tries += 1) {
      try {
        return await write()
      } catch (error) {
        this.#tools.log('ledger-away', { why: (error as Error).message, tries })
        if (this.#tools.stopping()) ending += 1
        if (ending > TRIES_AT_THE_END) throw error
        await wait(Math.min(tries * 200, 2_000))
      }
    }
  }

  async #open(): Promise<boolean> {
    await this.#hangUp()
    try {
      this.#lane = await this.#tools.openLane()
      return true
    } catch (error) {
      if ((error as { kind?: unknown }).kind !== 'unreached') throw error
      await this.#unreached(error as unknown as News)
      return false
    }
  }

  /** The relay is down or does not take us: no attempt was made, and the row waits. */
  async #unreached(news: News): Promise<Next> {
    this.#tools.log('relay-unreached', { why: news.why, class: news.class })
    if (news.class === 'auth') {
      await this.stopTheRun(`the relay does not take us: ${news.why}`)
      return 'leave'
    }
    const { relayDown = RELAY_DOWN, sessionEnd = SESSION_END } = this.#options
    return this.#sessionEnded(news.class === 'session-end' ? sessionEnd : relayDown, news.until)
  }

  /** Many relays end a session after so many messages: only one that ends a fresh one asks to be left alone. */
  #sessionEnded(restMs: number, until = this.#tools.now() + restMs): Next {
    if (this.#lane && this.#lane.carried > 0) return 'again'
    if (this.#lane && this.#tools.rest(this.#lane.route, restMs)) return 'again'
    this.#waitUntil(until)
    return 'leave'
  }

  /** Keeps the chunk from being due at once. */
  wait(): void {
    this.#waitUntil(this.#tools.now() + (this.#options.relayDown ?? RELAY_DOWN))
  }

  #waitUntil(at: number): void {
    this.#notBefore = Math.min(at, this.#tools.now() + LOOK_AGAIN)
  }

  async stopTheRun(why: string): Promise<void> {
    await this.#untilWritten(async () => {
      await this.#tools.ledger.hold({ mailing: this.#claim.mailing.id, why })
    })
  }

  async #one(stamped: Mould, row: DueDelivery, following: DueDelivery | undefined): Promise<Next> {
    const composed = this.#ahead?.row === row ? this.#ahead : this.#compose(stamped, row)
    this.#ahead = null
    if ('reply' in composed) {
      this.#hear(row, 'rejected', { reply: composed.reply })
      return 'next'
    }
    const { sign } = this.#tools
    const { envelope, room } = composed
    const message = sign ? await sign(composed.message) : composed.message
    this.#answer = null
    const outcome = await this.#lane?.submit(envelope, message, () => {
      const answer = this.#hand(row)
      // While the ledger commits; limits are asked for when a message's turn comes, so then nobody goes ahead.
      if (following && this.#isUnlimited()) this.#goAhead(this.#compose(stamped, following))
      return answer
    })
    // A reply to the dot says that the bytes were read. Of a lane that broke, nobody knows what still reads them.
    if (outcome?.kind === 'accepted') this.#rooms.push(roomFor(message, room))
    return outcome ? await this.#settle(row, outcome) : 'leave'
  }

  #isUnlimited(): boolean {
    const { permit, sign, stopping } = this.#tools
    return sign === null && permit.route === null && permit.domain === null && !stopping()
  }

  #goAhead(composed: Composed): void {
    this.#ahead = composed
    if ('message' in composed) this.#lane?.announce(composed.envelope, composed.message)
  }

  #compose(stamped: Mould, row: DueDelivery): Composed {
    const { mailing } = this.#claim
    const address = parseAddress(row.address)
    // The list was checked at import; a row that got past it is a fault of this row alone.
    if ('fault' in address) {
      return { row, reply: { code: 553, enhanced: '5.1.3', text: `not sent: ${address.fault}` } }
    }
    const recipient = recipientOf(this.#tools, mailing, { ...row, address: address.address })
    // A report on this copy comes back to an address that names it.
    const from = this.#tools.tokens.verp?.seal({ mailing: mailing.id, n: row.n }) ?? this.#tools.config.from.address
    const room = this.#rooms.pop()
    try {
      return { row, envelope: { from, to: address.address }, message: stamped.stamp(recipient, room), room }
    } catch (error) {
      // Data of this one recipient that the letter cannot take is no reason to keep it from the others: the mould
      // itself was made before.
      return { row, reply: { code: 0, enhanced: null, text: `not sent: ${(error as Error).message}` } }
    }
  }

  /** Asked after the 354. True only if the commit says handed, and said so while the lease is certainly ours. */
  async #hand(row: DueDelivery): Promise<boolean> {
    const { mailing, chunk, epoch } = this.#claim
    const asked = performance.now()
    // A commit that failed may have been made all the same; either way the body does not go.
    this.#answer = 'late'
    const answer = await this.#write({ mailing: mailing.id, n: row.n, chunk, epoch, edition: mailing.edition }).catch(
      (error: Error) => {
        this.#tools.log('ledger-away', { why: error.message, tries: 0 })
        return null
      },
    )
    const inTime = performance.now() - asked <= this.#options.leaseMs / 2
    if (answer !== null && (answer !== 'handed' || inTime)) this.#answer = answer
    return this.#answer === 'handed'
  }

  async #settle(row: DueDelivery, outcome: Outcome): Promise<Next> {
    switch (outcome.kind) {
      case 'accepted':
        this.#hear(row, 'accepted', { reply: outcome.reply })
        return 'next'
      case 'uncertain':
        this.#hear(row, 'uncertain', { reply: { code: 0, enhanced: null, text: outcome.why } })
        return 'next'
      case 'withheld':
        return this.#withheld(row)
      case 'unreached':
        // Handed, yet the connection went before the body did: certainly unsent.
        if (this.#answer === 'handed') this.#hear(row, 'unsent', {})
        return await this.#unreached(outcome)
      case 'deferred':
      case 'rejected':
        return await this.#refused(row, outcome)
    }
  }

  #withheld(row: DueDelivery): Next {
    if (this.#answer === 'late') this.#hear(row, 'unsent', {})
    // A person who left, or a row that ended meanwhile, is no reason to leave the others.
    return this.#answer === 'consent' || this.#answer === 'settled' ? 'next' : 'leave'
  }

  async #refused(row: DueDelivery, outcome: Extract<Outcome, { kind: 'deferred' | 'rejected' }>): Promise<Next> {
    const { reply } = outcome
    if (outcome.class === 'auth' || outcome.class === 'too-big') {
      // A fault of ours, not of this recipient's: nobody is burnt by it, and somebody must look.
      if (this.#answer === 'handed') this.#hear(row, 'unsent', {})
      await this.stopTheRun(`the relay refuses the letter: ${reply.code} ${reply.text}`)
      return 'leave'
    }
    if (outcome.kind === 'rejected') {
      const suppress = outcome.class === 'hard' ? `${reply.enhanced ?? reply.code}` : null
      this.#hear(row, 'rejected', { reply, suppress })
      return 'next'
    }
    const retryAt = this.#tools.now() + retryAfter(row.tries + 1, outcome.class, Math.random())
    this.#hear(row, 'deferred', { reply, retryAt })
    if (outcome.class !== 'session-end') return 'next'
    return this.#sessionEnded(this.#options.sessionEnd ?? SESSION_END) === 'leave' ? 'leave' : 'next'
  }

  #hear(row: DueDelivery, to: Settle['to'], news: Partial<Pick<Settle, 'reply' | 'retryAt' | 'suppress'>>): void {
    const { mailing, chunk, epoch } = this.#claim
    this.#heard.push({
      mailing: mailing.id,
      n: row.n,
      chunk,
      epoch,
      to,
      reply: null,
      retryAt: null,
      suppress: null,
      ...news,
    })
  }
}

/** Why a lane could not be opened or ended. `until`: when one may be opened again, where that is known. */
interface News {
  readonly why: string
  readonly class: ReplyClass | null
  readonly until?: number
}

/** Somewhat larger than the last message: names differ in length. */
const roomFor = (last: Buffer, room: Buffer | undefined): Buffer =>
  room && room.length >= last.length ? room : Buffer.allocUnsafe(Math.ceil(last.length * 1.1))

/** A message, and the buffer it was to be composed in; or why there is none. */
type Composed =
  | {
      readonly row: DueDelivery
      readonly envelope: Envelope
      readonly message: Buffer
      readonly room: Buffer | undefined
    }
  | { readonly row: DueDelivery; readonly reply: Reply }
