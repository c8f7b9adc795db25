/**
 * One chunk over one lane, by the exact protocol: claim, and for each row compose, submit, hand, settle; then release.
 * `casting` composes, `turns` asks the rates, and `book` writes what goes into the ledger on the way.
 *
 * The body of a message leaves only after the 354 and after the commit that says this row is handed. Whatever ends the
 * worker at any point leaves either a row that certainly had not left, or one that is handed, which the next claim
 * turns uncertain. Replies travel with the lane's next commit.
 */
import { isComplaint } from '../complaint.ts'
import type { Claim, DueDelivery } from '../ledger/index.ts'
import {
  type Lane,
  type Mould,
  type Outcome,
  RELAY_DOWN,
  type ReplyClass,
  retryAfter,
  SESSION_END,
} from '../mail/index.ts'
import { Book, type Said } from './book.ts'
import { type Composed, composed, mouldFor, roomAfter } from './casting.ts'
import { CERTIFICATE_AGE } from './certificate.ts'
import { isForList } from './head.ts'
import { isQuietFor } from './schedule.ts'
import type { Tools } from './tools.ts'
import { type Turns, turnsOf } from './turns.ts'

/** A worker that says nothing for so long has lost its chunk. Milliseconds. */
const LEASE = 60_000
/** What keeps a chunk waiting is looked at again after so long at the latest: it may have been changed. Milliseconds. */
const LOOK_AGAIN = 15 * 60_000

type DeliverTools = Pick<
  Tools,
  | 'config'
  | 'ledger'
  | 'tokens'
  | 'openLane'
  | 'park'
  | 'rest'
  | 'permit'
  | 'receivers'
  | 'sign'
  | 'now'
  | 'stopping'
  | 'log'
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
  if (isForList(claim.mailing.kind)) {
    // A person may have let one go on a moment ago, and this chunk with it.
    await tools.receivers.refresh().catch((error: Error) => tools.log('ledger-away', { why: error.message, tries: 0 }))
  }
  const book = new Book(tools, claim, leaseMs)
  const run = new Run(tools, claim, book, options)
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
    if (isComplaint(error)) await book.hold(error.message)
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
  readonly #book: Book
  readonly #options: DeliverOptions
  #lane: Lane | null = null
  /** Buffers to compose in that no message on its way is in: with the one in hand and the one after it, two a lane. */
  readonly #rooms: Buffer[] = []
  /** The message after the one in hand. */
  #ahead: Composed | null = null
  /** When the chunk may be due again; 0: as its rows are. */
  #notBefore = 0
  /** What the ledger said to the message in hand; null: it was not asked. */
  #answer: Said | null = null

  constructor(tools: DeliverTools, claim: Claim, book: Book, options: DeliverOptions) {
    this.#tools = tools
    this.#claim = claim
    this.#book = book
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
    const turns = turnsOf(this.#tools, patient)
    for (const [at, row] of rows.entries()) {
      for (let next: Next = 'again'; next === 'again'; ) {
        if (this.#tools.stopping() || this.#isQuiet()) return []
        // One whose envelope is on its way already goes all the same.
        if (this.#ahead?.row !== row && this.#rests(row)) break
        if (turns.ofDomain && !(await this.#mayDomain(turns.ofDomain, row))) {
          later.push(row)
          break
        }
        if (!this.#lane?.usable && !(await this.#open())) return []
        next = await this.#mayRoute(turns.ofRoute)
        if (next === 'next') next = await this.#one(stamped, row, this.#unlessRests(rows[at + 1]))
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

  /** Whether whoever keeps this reader's mailbox is left alone for now: the row waits. */
  #rests({ role, address }: DueDelivery): boolean {
    if (role !== 'reader' || !isForList(this.#claim.mailing.kind)) return false
    const until = this.#tools.receivers.restsUntil(address)
    if (until !== null) this.#waitUntil(Math.min(this.#notBefore || until, until))
    return until !== null
  }

  #unlessRests(row: DueDelivery | undefined): DueDelivery | undefined {
    return row && this.#rests(row) ? undefined : row
  }

  /** Whether the recipient's domain may have one more. */
  async #mayDomain(turnOf: NonNullable<Turns['ofDomain']>, { address }: DueDelivery): Promise<boolean> {
    const turn = await turnOf(address.slice(address.lastIndexOf('@') + 1))
    if (turn === 'unknown') this.wait()
    // Of several domains over their rate, the one that has a turn first.
    else if (typeof turn === 'object') this.#waitUntil(Math.min(this.#notBefore || turn.notBefore, turn.notBefore))
    return turn === 'now'
  }

  /** `leave`: the route may carry no more for now, and there is no other; or nobody can say, so no new mail leaves. */
  async #mayRoute(turnOf: Turns['ofRoute']): Promise<Next> {
    const { rest, now } = this.#tools
    if (turnOf === null || this.#lane === null) return 'next'
    const { route } = this.#lane
    const turn = await turnOf(route)
    if (turn === 'now') return 'next'
    if (turn === 'unknown') this.wait()
    else if (rest(route, Math.min(turn.notBefore - now(), LOOK_AGAIN))) return 'again'
    else this.#waitUntil(turn.notBefore)
    return 'leave'
  }

  async #hangUp(): Promise<void> {
    if (this.#lane) await this.#tools.park(this.#lane)
    this.#lane = null
  }

  /** The lane, then the last replies and the chunk, in this order: a chunk given back has nothing unsettled. */
  async end(): Promise<void> {
    if (this.#lane) await this.#tools.park(this.#lane)
    await this.#tools.receivers.told()
    await this.#book.giveBack(this.#notBefore)
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
      await this.#book.hold(`the relay does not take us: ${news.why}`)
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

  async #one(stamped: Mould, row: DueDelivery, following: DueDelivery | undefined): Promise<Next> {
    const ready = this.#ahead?.row === row ? this.#ahead : this.#compose(stamped, row)
    this.#ahead = null
    if ('reply' in ready) {
      this.#book.hear(row, 'rejected', { reply: ready.reply })
      return 'next'
    }
    const { sign } = this.#tools
    const { envelope, room } = ready
    const message = sign ? await sign(ready.message) : ready.message
    this.#answer = null
    const outcome = await this.#lane?.submit(envelope, message, () => {
      const answer = this.#book.hand(row)
      // While the ledger commits; limits are asked for when a message's turn comes, so then nobody goes ahead.
      if (following && this.#isUnlimited()) this.#goAhead(this.#compose(stamped, following))
      return answer.then((said) => {
        this.#answer = said
        return said === 'handed'
      })
    })
    // A reply to the dot says that the bytes were read. Of a lane that broke, nobody knows what still reads them.
    if (outcome?.kind === 'accepted') this.#rooms.push(roomAfter(message, room))
    return outcome ? await this.#settle(row, outcome) : 'leave'
  }

  #isUnlimited(): boolean {
    const { permit, sign, stopping } = this.#tools
    return sign === null && permit.route === null && permit.domain === null && !stopping()
  }

  #goAhead(next: Composed): void {
    this.#ahead = next
    if ('message' in next) this.#lane?.announce(next.envelope, next.message)
  }

  #compose(stamped: Mould, row: DueDelivery): Composed {
    return composed(this.#tools, this.#claim.mailing, { stamped, row, room: this.#rooms.pop() })
  }

  async #settle(row: DueDelivery, outcome: Outcome): Promise<Next> {
    const { id, kind } = this.#claim.mailing
    this.#tools.receivers.hear(row.address, outcome, isForList(kind) ? id : null)
    switch (outcome.kind) {
      case 'accepted':
        this.#book.hear(row, 'accepted', { reply: outcome.reply })
        return 'next'
      case 'uncertain':
        this.#book.hear(row, 'uncertain', { reply: { code: 0, enhanced: null, text: outcome.why } })
        return 'next'
      case 'withheld':
        return this.#withheld(row)
      case 'unreached':
        // Handed, yet the connection went before the body did: certainly unsent.
        if (this.#answer === 'handed') this.#book.hear(row, 'unsent', {})
        return await this.#unreached(outcome)
      case 'deferred':
      case 'rejected':
        return await this.#refused(row, outcome)
    }
  }

  #withheld(row: DueDelivery): Next {
    if (this.#answer === 'late') this.#book.hear(row, 'unsent', {})
    // A person who left, or a row that ended meanwhile, is no reason to leave the others.
    return this.#answer === 'consent' || this.#answer === 'settled' ? 'next' : 'leave'
  }

  async #refused(row: DueDelivery, outcome: Extract<Outcome, { kind: 'deferred' | 'rejected' }>): Promise<Next> {
    const { reply } = outcome
    if (outcome.class === 'auth' || outcome.class === 'too-big') {
      // A fault of ours, not of this recipient's: nobody is burnt by it, and somebody must look.
      if (this.#answer === 'handed') this.#book.hear(row, 'unsent', {})
      await this.#book.hold(`the relay refuses the letter: ${reply.code} ${reply.text}`)
      return 'leave'
    }
    if (outcome.kind === 'rejected') {
      const suppress = outcome.class === 'hard' ? `${reply.enhanced ?? reply.code}` : null
      this.#book.hear(row, 'rejected', { reply, suppress })
      return 'next'
    }
    const retryAt = this.#tools.now() + retryAfter(row.tries + 1, outcome.class, Math.random())
    this.#book.hear(row, 'deferred', { reply, retryAt })
    if (outcome.class !== 'session-end') return 'next'
    return this.#sessionEnded(this.#options.sessionEnd ?? SESSION_END) === 'leave' ? 'leave' : 'next'
  }
}

/** Why a lane could not be opened or ended. `until`: when one may be opened again, where that is known. */
interface News {
  readonly why: string
  readonly class: ReplyClass | null
  readonly until?: number
}
