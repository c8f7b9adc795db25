/**
 * Hand and settle: what the ledger does for every single message, as prepared statements in one transaction for all
 * that wait. Between a lane's 354 and its first body byte stands exactly this commit.
 *
 * The rules of both verbs are here in JavaScript, on rows read under the write lock, so that they can be read in one
 * place; the statements only fetch and store.
 */
import type { Database, Statement } from 'better-sqlite3'
import { DELIVERY_STATES, type DeliveryState, type Hand, type HandAnswer, type Settle } from './words.ts'

export interface WriteRequest {
  readonly settles: readonly Settle[]
  readonly hand: Hand | null
  readonly now: number
  readonly leaseMs: number
}

export interface WriteAnswer {
  readonly hand: HandAnswer | null
  /** How many of the settles were ours to make: the rest belonged to an older epoch. */
  readonly settled: number
}

interface Row {
  readonly state: DeliveryState
  readonly epoch: number | null
  readonly tries: number
  readonly subscriber_id: number | null
  readonly role: string
}

interface Standing {
  readonly epoch: number
  readonly state: string
  readonly edition_id: number
  readonly list_id: number | null
  readonly expires_at: number
}

/** Readies the statements; the function it gives answers a batch in one transaction. */
export function writer(db: Database): (batch: readonly WriteRequest[]) => WriteAnswer[] {
  const sql = statements(db)
  const inOne = db.transaction((batch: readonly WriteRequest[]) => {
    const moves = new Moves()
    const standings = new Map<number, Standing | undefined>()
    const standing = (chunk: number): Standing | undefined => {
      if (!standings.has(chunk)) standings.set(chunk, sql.standing.get(chunk) as Standing | undefined)
      return standings.get(chunk)
    }
    const settled = batch.map(
      ({ settles, now }) => settles.filter((s) => settle(sql, s, standing(s.chunk), now, moves)).length,
    )
    const answers = batch.map((request, at) => ({
      settled: settled[at] ?? 0,
      hand: request.hand ? hand(sql, request.hand, standing(request.hand.chunk), request.now, moves) : null,
    }))
    for (const { chunk, deltas } of moves.all()) {
      for (const [state, delta] of deltas) if (delta !== 0) sql.count[state].run(delta, chunk)
    }
    for (const { hand: h, leaseMs } of batch) if (h) sql.renew.run(leaseMs, h.chunk, h.epoch)
    return answers
  })
  return (batch) => inOne.immediate(batch)
}

function statements(db: Database) {
  const count = Object.fromEntries(
    DELIVERY_STATES.map((state) => [state, db.prepare(`update chunk set ${state} = ${state} + ? where id = ?`)]),
  ) as Record<DeliveryState, Statement<[number, number]>>
  return {
    count,
    standing: db.prepare(
      `select c.epoch, m.state, m.edition_id, m.list_id, m.expires_at
       from chunk c join mailing m on m.id = c.mailing_id where c.id = ?`,
    ),
    row: db.prepare('select state, epoch, tries, subscriber_id, role from delivery where mailing_id = ? and n = ?'),
    consent: db.prepare(
      `select s.state as subscription, x.at as suppressed, p.address_key
       from subscriber p
       left join subscription s on s.list_id = ? and s.subscriber_id = p.id
       left join suppression x on x.address_key = p.address_key
       where p.id = ?`,
    ),
    handed: db.prepare(
      `update delivery set state = 'handed', edition_id = ?, epoch = ?, state_at = ? where mailing_id = ? and n = ?`,
    ),
    settled: db.prepare(
      `update delivery set state = ?, tries = ?, state_at = ?, reply_code = ?, reply_enhanced = ?, reply_text = ?
       where mailing_id = ? and n = ?`,
    ),
    unsent: db.prepare('update delivery set state = ?, edition_id = null, state_at = ? where mailing_id = ? and n = ?'),
    retry: db.prepare(
      `insert into retry (mailing_id, n, chunk_id, due_at) values (?, ?, ?, ?)
       on conflict (mailing_id, n) do update set due_at = excluded.due_at`,
    ),
    noRetry: db.prepare('delete from retry where mailing_id = ? and n = ?'),
    suppress: db.prepare(
      `insert into suppression (address_key, reason, source, at)
       select address_key, ?, 'reply', ? from subscriber where id = ? and address_key is not null
       on conflict (address_key) do nothing`,
    ),
    renew: db.prepare(
      `update chunk set lease_until = cast(unixepoch('subsec') * 1000 as integer) + ? where id = ? and epoch = ?`,
    ),
  }
}

type Statements = ReturnType<typeof statements>

/** May the body go? Everything that could forbid it is asked under the same lock that stores the answer. */
function hand(sql: Statements, h: Hand, at: Standing | undefined, now: number, moves: Moves): HandAnswer {
  if (!at || at.epoch !== h.epoch) return 'fenced'
  if (at.state !== 'running') return 'held'
  if (at.edition_id !== h.edition) return 'edition'
  const row = sql.row.get(h.mailing, h.n) as Row | undefined
  if (!row || (row.state !== 'pending' && row.state !== 'deferred')) return 'settled'
  if (!consents(sql, at, row)) {
    sql.settled.run('suppressed', row.tries, now, null, null, null, h.mailing, h.n)
    sql.noRetry.run(h.mailing, h.n)
    moves.from(h.chunk, row.state, 'suppressed')
    return 'consent'
  }
  sql.handed.run(h.edition, h.epoch, now, h.mailing, h.n)
  moves.from(h.chunk, row.state, 'handed')
  return 'handed'
}

function consents(sql: Statements, at: Standing, row: Row): boolean {
  if (row.role !== 'reader') return true
  const asked = sql.consent.get(at.list_id, row.subscriber_id) as
    | { subscription: string | null; suppressed: number | null; address_key: string | null }
    | undefined
  if (!asked || asked.address_key === null || asked.suppressed !== null) return false
  return at.list_id === null || asked.subscription === 'subscribed'
}

/** Writes down a reply. False: the row is not ours to settle, because a newer epoch has spoken. */
function settle(sql: Statements, s: Settle, at: Standing | undefined, now: number, moves: Moves): boolean {
  const row = sql.row.get(s.mailing, s.n) as Row | undefined
  if (!row) return false
  const ours = row.state === 'handed' && row.epoch === s.epoch
  // A 250 that comes after the row was parked settles what was uncertain: the receiver has it, and says so.
  const late = row.state === 'uncertain' && row.epoch === s.epoch && s.to === 'accepted'
  // A reply before the 354: the row was never handed, so the chunk's epoch is the fence.
  const early =
    (row.state === 'pending' || row.state === 'deferred') &&
    at?.epoch === s.epoch &&
    (s.to === 'deferred' || s.to === 'rejected')
  if (!ours && !late && !early) return false
  if (s.to === 'unsent') {
    const back = at?.state === 'cancelled' ? 'cancelled' : row.tries > 0 ? 'deferred' : 'pending'
    sql.unsent.run(back, now, s.mailing, s.n)
    moves.from(s.chunk, row.state, back)
    return true
  }
  const to = s.to === 'deferred' ? deferredOr(s, at) : s.to
  const tries = s.to === 'deferred' ? row.tries + 1 : row.tries
  sql.settled.run(
    to,
    tries,
    now,
    s.reply?.code ?? null,
    s.reply?.enhanced ?? null,
    s.reply?.text ?? null,
    s.mailing,
    s.n,
  )
  if (to === 'deferred') sql.retry.run(s.mailing, s.n, s.chunk, s.retryAt ?? now)
  else sql.noRetry.run(s.mailing, s.n)
  if (s.suppress !== null && row.subscriber_id !== null) sql.suppress.run(s.suppress, now, row.subscriber_id)
  moves.from(s.chunk, row.state, to)
  return true
}

/** A row that would wait past its mailing's end does not wait. */
function deferredOr(s: Settle, at: Standing | undefined): 'deferred' | 'cancelled' | 'expired' {
  if (at?.state === 'cancelled') return 'cancelled'
  return at && s.retryAt !== null && s.retryAt > at.expires_at ? 'expired' : 'deferred'
}

/** The counts of each chunk that this transaction changes. */
class Moves {
  readonly #chunks = new Map<number, Map<DeliveryState, number>>()

  from(chunk: number, from: DeliveryState, to: DeliveryState): void {
    const deltas = this.#chunks.get(chunk) ?? new Map<DeliveryState, number>()
    deltas.set(from, (deltas.get(from) ?? 0) - 1)
    deltas.set(to, (deltas.get(to) ?? 0) + 1)
    this.#chunks.set(chunk, deltas)
  }

  *all(): Iterable<{ chunk: number; deltas: Map<DeliveryState, number> }> {
    for (const [chunk, deltas] of this.#chunks) yield { chunk, deltas }
  }
}
