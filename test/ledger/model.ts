/**
 * The protocol of design §8 in memory, small enough to be read at once: rows, chunks, one mailing. It predicts what
 * every verb answers and what stands in the tables afterwards. Time is in minutes.
 */
import type { DeliveryState, HandAnswer, MailingState } from '../../src/ledger/index.ts'

export const LEASE_MINUTES = 60

export interface ModelRow {
  readonly n: number
  readonly chunk: number
  state: DeliveryState
  epoch: number | null
  edition: number | null
  tries: number
  retryAt: number | null
  consents: boolean
}

export interface ModelChunk {
  readonly id: number
  epoch: number
  /** Minutes that are left of its lease; null: nobody's. */
  lease: number | null
  dueAt: number | null
}

/** A claim as its lane holds it, perhaps long after it was lost. */
export interface ModelClaim {
  readonly chunk: number
  readonly epoch: number
  readonly edition: number
  readonly rows: readonly number[]
}

export interface ModelSettle {
  readonly n: number
  readonly claim: ModelClaim
  readonly to: 'accepted' | 'deferred' | 'rejected' | 'uncertain' | 'unsent'
  readonly retryAt: number | null
}

export class Model {
  state: MailingState = 'running'
  readonly rows: Map<number, ModelRow>
  readonly chunks: Map<number, ModelChunk>
  edition: number
  now = 0

  constructor(of: { rows: readonly { n: number; chunk: number }[]; edition: number }) {
    this.edition = of.edition
    this.rows = new Map(
      of.rows.map(({ n, chunk }) => [
        n,
        { n, chunk, state: 'pending', epoch: null, edition: null, tries: 0, retryAt: null, consents: true },
      ]),
    )
    this.chunks = new Map(of.rows.map(({ chunk }) => [chunk, { id: chunk, epoch: 0, lease: null, dueAt: 0 }]))
  }

  chunk(id: number): ModelChunk {
    const chunk = this.chunks.get(id)
    if (!chunk) throw new Error(`no chunk ${id}`)
    return chunk
  }

  row(n: number): ModelRow {
    const row = this.rows.get(n)
    if (!row) throw new Error(`no row ${n}`)
    return row
  }

  #rowsOf(chunk: number): ModelRow[] {
    return [...this.rows.values()].filter((row) => row.chunk === chunk)
  }

  #isFree(chunk: ModelChunk): boolean {
    return chunk.lease === null || chunk.lease < 0
  }

  #park(chunk: ModelChunk): void {
    for (const row of this.#rowsOf(chunk.id)) {
      if (row.state === 'handed') Object.assign(row, { state: 'uncertain', retryAt: null })
    }
  }

  claim(id: number): ModelClaim | null {
    const chunk = this.chunk(id)
    const due = chunk.dueAt !== null && chunk.dueAt <= this.now
    if (!due || !this.#isFree(chunk) || this.state !== 'running') return null
    chunk.epoch += 1
    chunk.lease = LEASE_MINUTES
    this.#park(chunk)
    const rows = this.#rowsOf(id).filter(
      (row) => row.state === 'pending' || (row.state === 'deferred' && row.retryAt !== null && row.retryAt <= this.now),
    )
    return { chunk: id, epoch: chunk.epoch, edition: this.edition, rows: rows.map((row) => row.n) }
  }

  /** What a commit settles, and what it answers to a hand. */
  write(
    settles: readonly ModelSettle[],
    hand: { n: number; claim: ModelClaim } | null,
  ): { settled: number; hand: HandAnswer | null } {
    const settled = settles.filter((settle) => this.#settle(settle)).length
    return { settled, hand: hand && this.#hand(hand.n, hand.claim) }
  }

  #settle({ n, claim, to, retryAt }: ModelSettle): boolean {
    const row = this.row(n)
    const ours = row.state === 'handed' && row.epoch === claim.epoch
    const late = row.state === 'uncertain' && row.epoch === claim.epoch && to === 'accepted'
    const early =
      ['pending', 'deferred'].includes(row.state) &&
      this.chunk(claim.chunk).epoch === claim.epoch &&
      (to === 'deferred' || to === 'rejected')
    if (!ours && !late && !early) return false
    if (to === 'unsent') {
      row.state = this.state === 'cancelled' ? 'cancelled' : 'pending'
      row.edition = null
      row.retryAt = null
    } else if (to === 'deferred') {
      row.state = this.state === 'cancelled' ? 'cancelled' : 'deferred'
      row.tries += 1
      row.retryAt = retryAt
    } else row.state = to
    if (row.state !== 'deferred') row.retryAt = null
    return true
  }

  #hand(n: number, claim: ModelClaim): HandAnswer {
    const row = this.row(n)
    const chunk = this.chunk(claim.chunk)
    if (chunk.epoch !== claim.epoch) return 'fenced'
    // Whoever asks is alive, whatever the answer.
    chunk.lease = LEASE_MINUTES
    if (this.state !== 'running') return 'held'
    if (claim.edition !== this.edition) return 'edition'
    if (row.state !== 'pending' && row.state !== 'deferred') return 'settled'
    if (!row.consents) {
      Object.assign(row, { state: 'suppressed', retryAt: null })
      return 'consent'
    }
    Object.assign(row, { state: 'handed', epoch: claim.epoch, edition: this.edition })
    return 'handed'
  }

  renew({ chunk: id, epoch }: ModelClaim): boolean {
    const chunk = this.chunk(id)
    if (chunk.epoch !== epoch) return false
    chunk.lease = LEASE_MINUTES
    return true
  }

  release({ chunk: id, epoch }: ModelClaim): void {
    const chunk = this.chunk(id)
    if (chunk.epoch !== epoch) return
    const rows = this.#rowsOf(id)
    const retries = rows.filter((row) => row.state === 'deferred').map((row) => row.retryAt ?? this.now)
    chunk.lease = null
    chunk.dueAt = rows.some((row) => row.state === 'pending')
      ? this.now
      : retries.length > 0
        ? Math.min(...retries)
        : null
    this.#finish()
  }

  #finish(): void {
    if (this.state === 'running' && [...this.chunks.values()].every((chunk) => chunk.dueAt === null))
      this.state = 'done'
  }

  hold(): void {
    if (this.state === 'running' || this.state === 'scheduled') this.state = 'held'
  }

  resume(): void {
    if (this.state === 'held') this.state = 'scheduled'
  }

  switchEdition(to: number): boolean {
    if (this.state !== 'held') return false
    this.edition = to
    this.state = 'scheduled'
    return true
  }

  begin(): boolean {
    if (this.state !== 'scheduled') return false
    this.state = 'running'
    this.#finish()
    return true
  }

  /** With the sweep that follows it. */
  cancel(): void {
    if (this.state === 'done' || this.state === 'cancelled') return
    this.state = 'cancelled'
  }

  sweep(): void {
    if (this.state !== 'cancelled') return
    for (const chunk of this.chunks.values()) {
      if (chunk.dueAt === null) continue
      const rows = this.#rowsOf(chunk.id)
      for (const row of rows) {
        if (row.state === 'pending' || row.state === 'deferred') {
          Object.assign(row, { state: 'cancelled', retryAt: null })
        }
      }
      if (rows.every((row) => row.state !== 'handed')) chunk.dueAt = null
    }
  }

  parkLapsed(): void {
    if (this.state !== 'held' && this.state !== 'cancelled') return
    for (const chunk of this.chunks.values()) {
      const handed = this.#rowsOf(chunk.id).some((row) => row.state === 'handed')
      if (chunk.dueAt === null || !handed || !this.#isFree(chunk)) continue
      chunk.epoch += 1
      chunk.lease = null
      this.#park(chunk)
    }
  }

  settleByHand(n: number, to: 'accepted' | 'pending'): boolean {
    const row = this.row(n)
    if (row.state !== 'uncertain') return false
    row.state = to
    if (to === 'accepted') return true
    row.edition = null
    this.chunk(row.chunk).dueAt = this.now
    if (this.state === 'done') this.state = 'running'
    return true
  }

  /** Minutes go by, for leases too. */
  pass(minutes: number): void {
    this.now += minutes
    for (const chunk of this.chunks.values()) if (chunk.lease !== null) chunk.lease -= minutes
  }
}
