/** Who holds a dead link, and what each of them is owed: the ledger's side of a corrigendum. */
import { sql } from 'kysely'
import type { FrozenRow, Holder, Watched } from '../words.ts'
import { BULK, type Room } from './room.ts'
import { deliveryRow, readerOf, watchedOf, watchRows } from './rows.ts'

/** Dead links that nothing was done about, by mailing. */
export async function unanswered({ db }: Room): Promise<Watched[]> {
  const rows = await watchRows(db)
    .where('w.state', '=', 'dead')
    .where('w.answer', 'is', null)
    .orderBy('w.mailing_id')
    .orderBy('w.link_id')
    .limit(200)
    .execute()
  return rows.map(watchedOf)
}

/** What was done about a mailing's dead links; null takes it back (the link lives again). */
export async function answerDead(
  { db }: Room,
  args: { mailing: number; links: readonly number[]; answer: Watched['answer']; corrigendum: number | null },
): Promise<void> {
  await db
    .updateTable('watch')
    .set({ answer: args.answer, corrigendum_id: args.corrigendum })
    .where('mailing_id', '=', args.mailing)
    .where('link_id', 'in', [...args.links])
    .execute()
}

/** The holders of one edition of a mailing who may still be written to, after delivery `after`: at most BULK. */
export async function holders(
  { db }: Room,
  args: { mailing: number; edition: number; after: number },
): Promise<Holder[]> {
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .innerJoin('subscriber as p', 'p.id', 'd.subscriber_id')
    .leftJoin('subscription as s', (join) =>
      join.onRef('s.list_id', '=', 'm.list_id').onRef('s.subscriber_id', '=', 'd.subscriber_id'),
    )
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('d.mailing_id', '=', args.mailing)
    .where('d.n', '>', args.after)
    .where('d.role', '=', 'reader')
    .where('d.edition_id', '=', args.edition)
    .where('d.state', 'in', ['accepted', 'uncertain'])
    .where('x.at', 'is', null)
    .where('p.address', 'is not', null)
    .where((e) => e.or([e('m.list_id', 'is', null), e('s.state', '=', 'subscribed')]))
    .select(['d.n', 'p.id', 'p.address', 'p.name', 'p.language', 'd.fields'])
    .orderBy('d.n')
    .limit(BULK)
    .execute()
  // The copy is merged again from what was merged then: a corrigendum repeats the letter, it does not update it.
  return rows.map((row) => ({
    ...readerOf(row),
    n: row.n,
    fields: { ...(JSON.parse(row.fields) as Record<string, string>), address: row.address ?? '' },
  }))
}

/** How many hold an edition of a mailing, whether or not they may still be written to; and how many rows are open. */
export async function held({ db }: Room, args: { mailing: number }): Promise<{ edition: number; holders: number }[]> {
  const rows = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', args.mailing)
    .where('role', '=', 'reader')
    .where('edition_id', 'is not', null)
    .where('state', 'in', ['accepted', 'uncertain'])
    .groupBy('edition_id')
    .select(['edition_id', sql<number>`count(*)`.as('holders')])
    .execute()
  return rows.flatMap((row) =>
    row.edition_id === null ? [] : [{ edition: row.edition_id, holders: Number(row.holders) }],
  )
}

/**
 * Freezes a page of holders into a corrigendum, each together with what it corrects: a person who is owed nothing
 * more, because this or another corrigendum has these links in hand for that copy, is passed over. The rows are
 * numbered here, without gaps. Gives the audience so far. At most BULK rows.
 */
export async function freezeCorrected(
  { db }: Room,
  args: {
    mailing: number
    corrigendum: number
    links: readonly number[]
    rows: readonly Omit<FrozenRow, 'n'>[]
    now: number
  },
): Promise<number> {
  if (args.rows.length > BULK) throw new Error(`freezeCorrected takes at most ${BULK} rows at a time`)
  const last = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', args.corrigendum)
    .select(sql<number | null>`max(n)`.as('n'))
    .executeTakeFirstOrThrow()
  let n = Number(last.n ?? 0)
  for (const row of args.rows) {
    if (row.subscriber === null || !(await isOwed(db, row.subscriber, args))) continue
    const made = await db
      .insertInto('delivery')
      .values(deliveryRow(args.corrigendum, { ...row, n: n + 1 }, args.now))
      .onConflict((c) => c.doNothing())
      .executeTakeFirst()
    n += Number(made.numInsertedOrUpdatedRows ?? 0)
  }
  return n
}

/** Writes down that this corrigendum corrects these links for this person; false where all were in hand already. */
async function isOwed(
  db: Room['db'],
  subscriber: number,
  args: { mailing: number; corrigendum: number; links: readonly number[] },
): Promise<boolean> {
  // A corrigendum for another cause than links corrects none: one copy of it each is all there is to know.
  if (args.links.length === 0) return true
  const made = await db
    .insertInto('correction')
    .values(
      args.links.map((link) => ({
        subscriber_id: subscriber,
        mailing_id: args.mailing,
        link_id: link,
        corrigendum_id: args.corrigendum,
      })),
    )
    .onConflict((c) => c.doNothing())
    .executeTakeFirst()
  return Number(made.numInsertedOrUpdatedRows ?? 0) > 0
}

/** Takes back what a cancelled corrigendum had promised. */
export async function dropCorrections({ db }: Room, args: { corrigendum: number }): Promise<void> {
  await db.deleteFrom('correction').where('corrigendum_id', '=', args.corrigendum).execute()
}
