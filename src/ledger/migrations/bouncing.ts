/** What came back: one row a copy and verdict, and suppressions that end. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

export async function bouncing(given: Kysely<never>, dialect: Dialect): Promise<void> {
  // A migration takes any schema: it is what makes one.
  const db = given as unknown as Kysely<Record<string, Record<string, never>>>
  await db.schema.alterTable('suppression').addColumn('until_at', 'bigint').execute()
  await db.schema
    .createTable('bounce')
    .addColumn('mailing_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('verdict', 'text', (c) => c.notNull())
    .addColumn('edition_id', 'bigint')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('status', 'text')
    .addColumn('reason', 'text')
    .addColumn('diagnostic', 'text')
    .addPrimaryKeyConstraint('bounce_key', ['mailing_id', 'n', 'verdict'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
}
