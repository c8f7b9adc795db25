/** What each route was used for, by the hour: the truth behind DAILY_QUOTA, which a Redis that forgot must not lift. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

export async function quota(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('quota')
    .addColumn('route', 'text', (c) => c.notNull())
    // Hours since the epoch; 0 is the row that keeps two takers apart.
    .addColumn('hour', 'bigint', (c) => c.notNull())
    .addColumn('taken', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('quota_key', ['route', 'hour'])
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
}
