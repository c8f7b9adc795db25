/** What people vouch for at the gate: who, why, and for how long. */
import type { Kysely } from 'kysely'
import type { Dialect } from './dialect.ts'

export async function vouching(given: Kysely<never>, dialect: Dialect): Promise<void> {
  // A migration takes any schema: it is what makes one.
  const db = given as unknown as Kysely<Record<string, Record<string, never>>>
  await db.schema
    .createTable('vouch')
    .addColumn('id', dialect.serial, (c) =>
      dialect.name === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
    )
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('rule', 'text', (c) => c.notNull())
    .addColumn('cause', 'text')
    .addColumn('letter', 'text')
    .addColumn('words', 'text', (c) => c.notNull())
    .addColumn('who', 'text', (c) => c.notNull())
    .addColumn('why', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('until_at', 'bigint', (c) => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .addColumn('revoked_by', 'text')
    .execute()
}
