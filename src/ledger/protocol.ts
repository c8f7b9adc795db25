/**
 * Hand and settle: the rules of what the ledger does for every single message, as a pure function from rows to changes.
 *
 * Between a lane's 354 and its first body byte stands exactly one commit, and all that wait share it: sqlite-write.ts
 * and postgres-write.ts read the rows under a lock, ask `decide`, and store what it says. The rules are here alone, so
 * that both databases keep the same protocol and a reader can check it in one place.
 */
import type { DeliveryState, Hand, HandAnswer, Settle } from './words.ts'

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

/** A delivery as the rules see it. */
export interface Row {
  readonly state: DeliveryState
  readonly epoch: number | null
  readonly tries: number
  readonly subscriber: number | null
  /** The list through which they get it; null: the mailing's. */
  readonly list: number | null
  readonly role: string
}

/** A chunk and its mailing as the rules see them. */
export interface Standing {
  readonly epoch: number
  readonly state: string
  readonly edition: number
  readonly list: number | null
  readonly expiresAt: number
}

/** The rows, read under the lock that the commit will release. */
export interface View {
  standing(chunk: number): Standing | undefined
  row(mailing: number, n: number): Row | undefined
  /** Whether a subscriber may be written to: on the list (where there is one), known, and not suppressed. */
  consents(list: number | null, subscriber: number | null): boolean
}

/** What becomes of one row. */
export interface Change {
  readonly mailing: number
  readonly n: number
  readonly chunk: number
  readonly from: DeliveryState
  readonly to: DeliveryState
  readonly now: number
  /** Set by a hand, cleared by `unsent`, else left as they are. */
  readonly handed: { readonly edition: number | null; readonly epoch: number } | null
  readonly tries: number
  readonly reply: {
    readonly code: number | null
    readonly enhanced: string | null
    readonly text: string | null
  } | null
  /** A time to try again; `none` takes one back; `keep` leaves what is there. */
  readonly retry: number | 'none' | 'keep'
  readonly suppress: { readonly subscriber: number; readonly reason: string } | null
}

export interface Decision {
  readonly answers: readonly WriteAnswer[]
  readonly changes: readonly Change[]
}

/** All settles of a batch first, then its hands: a reply that waits is news for the hands beside it. */
export function decide(batch: readonly WriteRequest[], view: View): Decision {
  const changes: Change[] = []
  const changed = new Map<string, Row>()
  const rowOf = (mailing: number, n: number): Row | undefined => changed.get(`${mailing} ${n}`) ?? view.row(mailing, n)
  const make = (row: Row, change: Change): void => {
    changes.push(change)
    const epoch = change.handed === null ? row.epoch : change.handed.epoch
    changed.set(`${change.mailing} ${change.n}`, { ...row, state: change.to, epoch, tries: change.tries })
  }
  const settled = batch.map(({ settles, now }) => {
    let ours = 0
    for (const s of settles) {
      const row = rowOf(s.mailing, s.n)
      const change = row && settle(s, row, view.standing(s.chunk), now)
      if (!row || !change) continue
      make(row, change)
      ours += 1
    }
    return ours
  })
  const answers = batch.map(({ hand: h, now }, at): WriteAnswer => {
    if (h === null) return { hand: null, settled: settled[at] ?? 0 }
    const row = rowOf(h.mailing, h.n)
    const decided = hand(h, row, view, now)
    if (row && decided.change) make(row, decided.change)
    return { hand: decided.answer, settled: settled[at] ?? 0 }
  })
  return { answers, changes }
}

/** May the body go? Everything that could forbid it is asked under the same lock that stores the answer. */
function hand(h: Hand, row: Row | undefined, view: View, now: number): { answer: HandAnswer; change?: Change } {
  const at = view.standing(h.chunk)
  if (!at || at.epoch !== h.epoch) return { answer: 'fenced' }
  // The copies to the seed mailboxes leave before the mailing runs: they are what it waits for.
  if (at.state !== 'running' && !(at.state === 'proving' && row?.role === 'seed')) return { answer: 'held' }
  if (at.edition !== h.edition) return { answer: 'edition' }
  if (!row || (row.state !== 'pending' && row.state !== 'deferred')) return { answer: 'settled' }
  const change = {
    mailing: h.mailing,
    n: h.n,
    chunk: h.chunk,
    from: row.state,
    now,
    tries: row.tries,
    reply: null,
    suppress: null,
  }
  if (row.role === 'reader' && !view.consents(row.list ?? at.list, row.subscriber)) {
    return { answer: 'consent', change: { ...change, to: 'suppressed', handed: null, retry: 'none' } }
  }
  return {
    answer: 'handed',
    change: { ...change, to: 'handed', handed: { edition: h.edition, epoch: h.epoch }, retry: 'keep' },
  }
}

/** Writes down a reply. Undefined: the row is not ours to settle, because a newer epoch has spoken. */
function settle(s: Settle, row: Row, at: Standing | undefined, now: number): Change | undefined {
  const ours = row.state === 'handed' && row.epoch === s.epoch
  // A 250 that comes after the row was parked settles what was uncertain: the receiver has it, and says so.
  const late = row.state === 'uncertain' && row.epoch === s.epoch && s.to === 'accepted'
  // A reply before the 354: the row was never handed, so the chunk's epoch is the fence.
  const early =
    (row.state === 'pending' || row.state === 'deferred') &&
    at?.epoch === s.epoch &&
    (s.to === 'deferred' || s.to === 'rejected')
  if (!ours && !late && !early) return undefined
  const change = { mailing: s.mailing, n: s.n, chunk: s.chunk, from: row.state, now, tries: row.tries }
  if (s.to === 'unsent') {
    // Pending even where it had been deferred: its time had come, and the retry it would wait for may be gone.
    const to = at?.state === 'cancelled' ? 'cancelled' : 'pending'
    return { ...change, to, handed: { edition: null, epoch: s.epoch }, reply: null, retry: 'none', suppress: null }
  }
  const to = s.to === 'deferred' ? deferredOr(s, at) : s.to
  const { subscriber } = row
  return {
    ...change,
    to,
    handed: null,
    tries: s.to === 'deferred' ? row.tries + 1 : row.tries,
    reply: { code: s.reply?.code ?? null, enhanced: s.reply?.enhanced ?? null, text: s.reply?.text ?? null },
    retry: to === 'deferred' ? (s.retryAt ?? now) : 'none',
    suppress: s.suppress !== null && subscriber !== null ? { subscriber, reason: s.suppress } : null,
  }
}

/** A row that would wait past its mailing's end does not wait. */
function deferredOr(s: Settle, at: Standing | undefined): 'deferred' | 'cancelled' | 'expired' {
  if (at?.state === 'cancelled') return 'cancelled'
  return at && s.retryAt !== null && s.retryAt > at.expiresAt ? 'expired' : 'deferred'
}

/** How the counts of each chunk change with it. */
export function countsOf(changes: readonly Change[]): Map<number, Map<DeliveryState, number>> {
  const chunks = new Map<number, Map<DeliveryState, number>>()
  for (const { chunk, from, to } of changes) {
    const deltas = chunks.get(chunk) ?? new Map<DeliveryState, number>()
    deltas.set(from, (deltas.get(from) ?? 0) - 1)
    deltas.set(to, (deltas.get(to) ?? 0) + 1)
    chunks.set(chunk, deltas)
  }
  return chunks
}

/** The chunks whose lease a batch renews: whoever asks for a hand is alive. */
export const renewals = (batch: readonly WriteRequest[]): { chunk: number; epoch: number; leaseMs: number }[] =>
  batch.flatMap(({ hand: h, leaseMs }) => (h ? [{ chunk: h.chunk, epoch: h.epoch, leaseMs }] : []))
