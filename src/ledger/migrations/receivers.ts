/** What each receiver answered last, and whether mail to it rests. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

export async function receivers(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('receiver')
    .addColumn('name', 'text', (c) => c.notNull())
    // The two halves of what is counted, as JSON.
    .addColumn('answers', 'text', (c) => c.notNull())
    .addColumn('rests_since', 'bigint')
    .addColumn('rests_until', 'bigint')
    .addColumn('why', 'text')
    .addColumn('resumed_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('receiver_key', ['name'])
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await db.schema.createIndex('receiver_rests').on('receiver').column('rests_since').execute()
}
