/**
 * Proof in transit: a row for each copy that a seed mailbox was sent, and what became of it. `due_at` is when the
 * mailbox is looked into next; null: the copy has been judged. `round` counts how often a mailing was proved.
 */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

export async function proving(given: Kysely<never>, dialect: Dialect): Promise<void> {
  // A migration takes any schema: it is what makes one.
  const db = given as unknown as Kysely<Record<string, Record<string, never>>>
  await db.schema
    .createTable('proof')
    .addColumn('id', dialect.serial, (c) =>
      dialect.name === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
    )
    .addColumn('mailing_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('edition_id', 'bigint', (c) => c.notNull().references('edition.id'))
    .addColumn('round', 'integer', (c) => c.notNull())
    .addColumn('late', 'integer', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('mailbox', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('judged_at', 'bigint')
    .addColumn('report', 'text', (c) => c.notNull())
    .addUniqueConstraint('proof_copy', ['mailing_id', 'n'] as never)
    .execute()
  await db.schema
    .createIndex('proof_due')
    .on('proof')
    .column('due_at')
    .where(sql.ref('due_at'), 'is not', null)
    .execute()
}
