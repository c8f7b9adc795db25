/**
 * Walks a ledger and its model side by side, at random: three lanes that claim, hand, hear, stall and die, and a team
 * that holds, resumes, switches, cancels, unsubscribes and settles. After every step both must have answered alike and
 * hold the same rows; and, whatever the model says, no body may leave twice or against the word of the team.
 */
import { randomUUID } from 'node:crypto'
import { dice } from '../../scripts/drill/dice.ts'
import type { Hand, Ledger, Settle } from '../../src/ledger/index.ts'
import { edition } from '../support/editions.ts'
import { DAY, NOW, nonZero, OK, type Place, published } from '../support/ledgers.ts'
import { LEASE_MINUTES, Model, type ModelClaim, type ModelSettle } from './model.ts'
import { Wire } from './model-wire.ts'

const MINUTE = 60_000
const PEOPLE = 8
const CHUNK = 4
const LANES = 3
/** No sum of them is the length of a lease, so that none ends on the stroke. */
const PAUSES = [13, 29, 43]

interface Lane {
  claim: ModelClaim | null
  /** Which of the claim's rows comes next. */
  at: number
  /** Whose body is out, and no reply yet. */
  inHand: number | null
  heard: ModelSettle[]
}

export interface World {
  readonly ledger: Ledger
  readonly all: Place['all']
}

/** One mailing from its beginning to its end, in about `steps` steps. Throws where ledger and model part. */
export async function walk(world: World, of: { seed: number; steps: number }): Promise<number> {
  const run = await Run.open(world, of.seed)
  for (let step = 0; step < of.steps; step += 1) await run.step()
  await run.end()
  return run.steps
}

class Run {
  steps = 0
  readonly #world: World
  readonly #random: () => number
  readonly #seed: number
  readonly #mailing: number
  readonly #listId: number
  readonly #editions: readonly [number, number]
  readonly #model: Model
  readonly #wire = new Wire()
  readonly #lanes: Lane[] = Array.from({ length: LANES }, emptyLane)
  readonly #trace: string[] = []

  private constructor(
    world: World,
    seed: number,
    of: { mailing: number; listId: number; editions: readonly [number, number]; model: Model },
  ) {
    this.#world = world
    this.#seed = seed
    this.#random = dice(seed)
    this.#mailing = of.mailing
    this.#listId = of.listId
    this.#editions = of.editions
    this.#model = of.model
  }

  static async open(world: World, seed: number): Promise<Run> {
    const { ledger, all } = world
    const list = randomUUID()
    const people = Array.from({ length: PEOPLE }, (_, n) => `p${n + 1}.${list}@example.org`)
    const { mailing, listId, edition: first } = await published(ledger, people, { list, chunkSize: CHUNK })
    const other = edition({ subject: 'Corrected reports for {{name}}' })
    const second = await ledger.saveEdition({ edition: other, now: NOW })
    await ledger.certify({ digest: other.digest, at: NOW, looks: [] })
    // No row expires here: how long a mailing lasts is another question.
    await all(`update mailing set expires_at = ${NOW + 10_000 * DAY} where id = ${mailing}`)
    await ledger.begin({ mailing, now: NOW })
    const chunks = await all(`select id, first_n, last_n from chunk where mailing_id = ${mailing} order by id`)
    const rows = chunks.flatMap((chunk) =>
      Array.from({ length: Number(chunk.last_n) - Number(chunk.first_n) + 1 }, (_, at) => ({
        n: Number(chunk.first_n) + at,
        chunk: Number(chunk.id),
      })),
    )
    const model = new Model({ rows, edition: first })
    return new Run(world, seed, { mailing, listId, editions: [first, second], model })
  }

  get #now(): number {
    return NOW + this.#model.now * MINUTE
  }

  #one<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T
  }

  async step(): Promise<void> {
    const lane = this.#one(this.#lanes)
    const dot = this.#random()
    // A lane mostly does what comes next; what stands in its way comes now and then.
    if (dot < 0.7) await this.#laneGoesOn(lane)
    else if (dot < 0.74) await this.#renew(lane)
    else if (dot < 0.78) this.#crash(lane)
    else if (dot < 0.86) await this.#pass(this.#one(PAUSES))
    else await this.#teamActs()
    await this.#compare()
  }

  async #laneGoesOn(lane: Lane): Promise<void> {
    if (lane.claim === null) return await this.#claim(lane, this.#one([...this.#model.chunks.keys()]))
    if (lane.inHand !== null) return this.#hear(lane, lane.claim, lane.inHand)
    const n = lane.claim.rows[lane.at]
    if (n === undefined) return await this.#giveBack(lane, lane.claim)
    if (this.#random() < 0.15) return this.#early(lane, lane.claim, n)
    await this.#hand(lane, lane.claim, n)
  }

  async #claim(lane: Lane, chunk: number): Promise<void> {
    const expected = this.#model.claim(chunk)
    const claim = await this.#world.ledger.claim({
      chunk,
      owner: 'lane',
      leaseMs: LEASE_MINUTES * MINUTE,
      now: this.#now,
      certificateAge: DAY,
    })
    this.#tell(`claim ${chunk}: ${expected ? `epoch ${expected.epoch}` : 'none'}`)
    if (claim === 'uncertified') throw this.#parted('a claim found no certificate')
    this.#same(
      'claim',
      expected,
      claim && { ...claim, edition: claim.mailing.edition, rows: claim.rows.map((r) => r.n) },
    )
    if (expected) this.#wire.claimed(expected)
    Object.assign(lane, { ...emptyLane(), claim: expected })
  }

  async #hand(lane: Lane, claim: ModelClaim, n: number): Promise<void> {
    const before = { state: this.#model.state, edition: this.#model.edition, consents: this.#model.row(n).consents }
    const answer = await this.#write(lane, { n, claim })
    lane.at += 1
    if (answer === 'handed') {
      const broken = this.#wire.bodyLeaves(n, claim, before)
      if (broken !== null) throw this.#parted(broken)
      lane.inHand = n
    } else if (answer === 'held' || answer === 'fenced' || answer === 'edition') {
      await this.#giveBack(lane, claim)
    }
  }

  #hear(lane: Lane, claim: ModelClaim, n: number): void {
    const to = this.#one(['accepted', 'accepted', 'accepted', 'deferred', 'rejected', 'uncertain', 'unsent'] as const)
    if (to === 'unsent') this.#wire.unsent(n)
    // A refusal says that the receiver has not got it, so trying again makes no second copy.
    if (to === 'deferred') this.#wire.notArrived(n)
    lane.heard.push({ n, claim, to, retryAt: to === 'deferred' ? this.#model.now + this.#one(PAUSES) : null })
    lane.inHand = null
    this.#tell(`${n} (epoch ${claim.epoch}) is ${to}`)
  }

  /** A reply before the 354. */
  #early(lane: Lane, claim: ModelClaim, n: number): void {
    const to = this.#one(['deferred', 'rejected'] as const)
    lane.heard.push({ n, claim, to, retryAt: to === 'deferred' ? this.#model.now + this.#one(PAUSES) : null })
    lane.at += 1
    this.#tell(`${n} (epoch ${claim.epoch}) is ${to} before its 354`)
  }

  /** One commit, told to both; gives what it answered. */
  async #write(lane: Lane, hand: { n: number; claim: ModelClaim } | null) {
    const { heard } = lane
    lane.heard = []
    const expected = this.#model.write(heard, hand)
    const told = await this.#world.ledger.write({
      settles: heard.map((settle) => this.#settleOf(settle)),
      hand: hand && this.#handOf(hand.n, hand.claim),
      now: this.#now,
      leaseMs: LEASE_MINUTES * MINUTE,
    })
    this.#tell(`write ${heard.length} settles, hand ${hand?.n ?? '-'}: ${expected.settled}, ${expected.hand}`)
    // A body leaves on the ledger's word, so its word is looked at before the model's.
    if (told.hand === 'handed' && expected.hand !== 'handed' && hand) {
      throw this.#parted(`the ledger handed ${hand.n}, and it should have said ${expected.hand}`)
    }
    this.#same('write', expected, told)
    return told.hand
  }

  async #giveBack(lane: Lane, claim: ModelClaim): Promise<void> {
    if (lane.heard.length > 0) await this.#write(lane, null)
    this.#model.release(claim)
    await this.#world.ledger.release({ chunk: claim.chunk, epoch: claim.epoch, notBefore: 0, now: this.#now })
    this.#tell(`release ${claim.chunk} (epoch ${claim.epoch})`)
    Object.assign(lane, emptyLane())
  }

  async #renew({ claim }: Lane): Promise<void> {
    if (claim === null) return
    const { chunk, epoch } = claim
    const told = await this.#world.ledger.renew({ chunk, epoch, leaseMs: LEASE_MINUTES * MINUTE })
    this.#same('renew', this.#model.renew(claim), told)
    this.#tell(`renew ${chunk}: ${told}`)
  }

  /** Nobody hears of it: what it had in hand is found by its lease. */
  #crash(lane: Lane): void {
    if (lane.claim) this.#tell(`the lane with ${lane.claim.chunk} (epoch ${lane.claim.epoch}) dies`)
    Object.assign(lane, emptyLane())
  }

  async #pass(minutes: number): Promise<void> {
    this.#model.pass(minutes)
    await this.#world.all(`update chunk set lease_until = lease_until - ${minutes * MINUTE}
      where mailing_id = ${this.#mailing} and lease_until is not null`)
    this.#tell(`${minutes} minutes pass`)
  }

  async #teamActs(): Promise<void> {
    const { ledger } = this.#world
    const mailing = this.#mailing
    const model = this.#model
    const act = this.#random()
    if (act < 0.2) {
      model.hold()
      await ledger.hold({ mailing, why: 'test' })
      return this.#tell('hold')
    }
    if (act < 0.6) return await this.#goesOn()
    if (act < 0.7) return await this.#loses(1 + Math.floor(this.#random() * PEOPLE))
    if (act < 0.88) return await this.#settleByHand()
    if (act < 0.98) {
      model.parkLapsed()
      while (await ledger.parkLapsed({ now: this.#now }));
      return this.#tell('what nobody owns is parked')
    }
    model.cancel()
    await ledger.cancel({ mailing, why: 'test', now: this.#now })
    this.#tell('cancel')
    await this.#sweep()
  }

  async #sweep(): Promise<void> {
    this.#model.sweep()
    while (await this.#world.ledger.sweepCancelled({ now: this.#now }));
    this.#tell('sweep')
  }

  /** A held mailing goes on as it is, or in another edition. */
  async #goesOn(): Promise<void> {
    const { ledger } = this.#world
    const mailing = this.#mailing
    if (this.#random() < 0.5) {
      this.#model.resume()
      await ledger.resume({ mailing, now: this.#now })
      this.#tell('resume')
    } else {
      const from = this.#model.edition
      const to = this.#editions.find((id) => id !== from) ?? from
      const more = { watch: [], changes: [], why: 'test', who: 'test', notices: [], now: this.#now }
      const switched = await ledger.switchEdition({ mailing, from, to, ...more })
      this.#same('switch', this.#model.switchEdition(to), switched)
      this.#tell(`switch to edition ${to}: ${switched}`)
    }
    this.#same('begin', this.#model.begin(), await ledger.begin({ mailing, now: this.#now }))
  }

  async #loses(n: number): Promise<void> {
    const [row] = await this.#world.all(
      `select subscriber_id, address from delivery where mailing_id = ${this.#mailing} and n = ${n}`,
    )
    this.#model.row(n).consents = false
    const why = { source: 'test', now: this.#now }
    if (this.#random() < 0.5) {
      const listId = this.#listId
      await this.#world.ledger.unsubscribe({ listId, subscriber: Number(row?.subscriber_id), ...why })
    } else await this.#world.ledger.suppress({ key: String(row?.address), reason: 'test', ...why })
    this.#tell(`${n} wants no more`)
  }

  async #settleByHand(): Promise<void> {
    const open = [...this.#model.rows.values()].filter((row) => row.state === 'uncertain')
    if (open.length === 0) return
    const { n } = this.#one(open)
    const to = this.#one(['accepted', 'pending', 'pending'] as const)
    if (to === 'pending') this.#wire.notArrived(n)
    else this.#wire.arrived(n)
    const told = await this.#world.ledger.settleByHand({ mailing: this.#mailing, n, to, now: this.#now })
    this.#same('settle by hand', this.#model.settleByHand(n, to), told)
    this.#tell(`a person says ${n} is ${to}`)
  }

  /** Everything dies, and one lane takes what is left to its end: nobody may be forgotten. */
  async end(): Promise<void> {
    for (const lane of this.#lanes) this.#crash(lane)
    const [lane] = this.#lanes
    for (let round = 0; lane; round += 1) {
      await this.#pass(LEASE_MINUTES + 2)
      if (this.#model.state === 'held') await this.#resumeAtLast()
      await this.#sweep()
      this.#model.parkLapsed()
      while (await this.#world.ledger.parkLapsed({ now: this.#now }));
      await this.#sweep()
      await this.#compare()
      if (this.#model.state === 'done' || this.#model.state === 'cancelled') break
      if (round > 50) throw this.#parted('the mailing does not end')
      for (const chunk of this.#model.chunks.keys()) await this.#finishChunk(lane, chunk)
    }
    await this.#allEnded()
  }

  async #resumeAtLast(): Promise<void> {
    this.#model.resume()
    await this.#world.ledger.resume({ mailing: this.#mailing, now: this.#now })
    this.#same('begin', this.#model.begin(), await this.#world.ledger.begin({ mailing: this.#mailing, now: this.#now }))
  }

  async #finishChunk(lane: Lane, chunk: number): Promise<void> {
    await this.#claim(lane, chunk)
    const expected = lane.claim
    if (expected === null) return
    for (const n of expected.rows) {
      await this.#hand(lane, expected, n)
      if (lane.inHand === null) continue
      lane.heard.push({ n, claim: expected, to: 'accepted', retryAt: null })
      lane.inHand = null
    }
    await this.#giveBack(lane, expected)
  }

  async #allEnded(): Promise<void> {
    for (const { n, state } of this.#model.rows.values()) {
      if (['pending', 'handed', 'deferred'].includes(state)) throw this.#parted(`${n} has not ended: ${state}`)
      if (state === 'accepted' && !this.#wire.mayHave(n)) throw this.#parted(`${n} is accepted and never left`)
    }
    const counts = nonZero(await this.#world.ledger.counts({ mailing: this.#mailing }))
    const rows = [...this.#model.rows.values()]
    this.#same(
      'the counts',
      Object.fromEntries(
        Map.groupBy(rows, (r) => r.state)
          .entries()
          .map(([s, of]) => [s, of.length]),
      ),
      counts,
    )
  }

  async #compare(): Promise<void> {
    this.steps += 1
    const model = this.#model
    const rows = await this.#world.all(
      `select d.n, d.state, d.epoch, d.edition_id as edition, d.tries, c.epoch as chunk_epoch, c.due_at as due,
         m.state as mailing, m.edition_id as current
       from delivery d join mailing m on m.id = d.mailing_id
       join chunk c on c.mailing_id = d.mailing_id and d.n between c.first_n and c.last_n
       where d.mailing_id = ${this.#mailing} order by d.n`,
    )
    const expected = [...model.rows.values()].map(({ n, state, epoch, edition: e, tries, chunk: id }) => {
      const { epoch: of, dueAt } = model.chunk(id)
      const due = dueAt === null ? null : NOW + dueAt * MINUTE
      return [n, state, epoch, e, tries, of, due, model.state, model.edition]
    })
    // PostgreSQL gives a bigint as text.
    const found = rows.map((row) =>
      Object.values(row).map((value) => (/^\d+$/.test(`${value}`) ? Number(value) : value)),
    )
    this.#same('the rows', expected, found)
  }

  #settleOf({ n, claim, to, retryAt }: ModelSettle): Settle {
    const { chunk, epoch } = claim
    const at = retryAt === null ? null : NOW + retryAt * MINUTE
    return { mailing: this.#mailing, n, chunk, epoch, to, reply: OK, retryAt: at, suppress: null }
  }

  #handOf(n: number, { chunk, epoch, edition: e }: ModelClaim): Hand {
    return { mailing: this.#mailing, n, chunk, epoch, edition: e }
  }

  #same(what: string, expected: unknown, told: unknown): void {
    const [a, b] = [expected, told].map((one) => JSON.stringify(picked(one, expected)))
    if (a !== b) throw this.#parted(`${what}: the model says ${a}, the ledger ${b}`)
  }

  #tell(what: string): void {
    this.#trace.push(what)
  }

  #parted(why: string): Error {
    return new Error(`seed ${this.#seed}: ${why}\nafter\n  ${this.#trace.slice(-30).join('\n  ')}`)
  }
}

const emptyLane = (): Lane => ({ claim: null, at: 0, inHand: null, heard: [] })

/** Of an answer only what the model speaks of, in its order. */
function picked(one: unknown, like: unknown): unknown {
  if (one === null || like === null || typeof one !== 'object' || typeof like !== 'object' || Array.isArray(like))
    return one
  return Object.fromEntries(Object.keys(like).map((key) => [key, (one as Record<string, unknown>)[key]]))
}
