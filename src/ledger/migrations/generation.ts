/**
 * What tells a restored backup, and how many slipped out of a mailing that was stopped.
 *
 * `generation` is one row: `lineage` names this ledger for ever, `n` grows while a worker runs. `mailing.slipped` is
 * how many were in hand at the commit that held or cancelled it.
 */
import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'

export async function generation(given: Kysely<never>): Promise<void> {
  // A migration takes any schema: it is what makes one.
  const db = given as unknown as Kysely<Record<string, Record<string, never>>>
  await db.schema
    .createTable('generation')
    .addColumn('lineage', 'text', (c) => c.primaryKey())
    .addColumn('n', 'bigint', (c) => c.notNull())
    .addColumn('restored_at', 'bigint')
    .execute()
  await sql`insert into generation (lineage, n) values (${randomUUID()}, 0)`.execute(db)
  await db.schema.alterTable('mailing').addColumn('slipped', 'integer').execute()
}
