/**
 * What every verb is given. A verb is one transaction: sqlite.ts (and later postgres.ts) opens it, runs the verb,
 * and commits, so a verb never begins or ends one itself and never calls another process.
 */
import type { Kysely, RawBuilder } from 'kysely'
import type { Schema } from '../schema.ts'

export interface Room {
  readonly db: Kysely<Schema>
  /** The database's own clock in milliseconds: leases are kept by it, so hosts need not agree on the time. */
  readonly clock: RawBuilder<number>
}

/** Bulk verbs take at most so many rows: a longer transaction would keep the hands of a running mailing waiting. */
export const BULK = 1_000
