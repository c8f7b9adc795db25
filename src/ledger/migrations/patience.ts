/**
 * A corrigendum that its gate refused because of neighbours that may live again is tried again: `watch.stalled_at` says
 * since when, `watch.correct_at` when next. `link.origin` finds the other links of a site by an index: matching the
 * addresses themselves reads every link there is (37 ms of 100,000).
 */
import type { Kysely } from 'kysely'

const PAGE = 1_000

export async function patience(given: Kysely<never>): Promise<void> {
  // A migration takes any schema: it is what makes one.
  const db = given as unknown as Kysely<{ link: { id: number; href: string; origin: string | null } }>
  for (const column of ['stalled_at', 'correct_at'])
    await db.schema.alterTable('watch').addColumn(column, 'bigint').execute()
  await db.schema.alterTable('link').addColumn('origin', 'text').execute()
  await db.schema.createIndex('link_origin').on('link').column('origin').execute()
  for (let after = 0; ; ) {
    const page = await db
      .selectFrom('link')
      .select(['id', 'href'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    for (const { id, href } of page) {
      after = id
      const origin = /^https?:/i.test(href) ? URL.parse(href)?.origin : undefined
      if (origin !== undefined) await db.updateTable('link').set({ origin }).where('id', '=', id).execute()
    }
    if (page.length < PAGE) return
  }
}
