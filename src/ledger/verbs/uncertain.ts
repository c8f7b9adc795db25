/** What nobody knows of, and a person's word on it: the one way back from `uncertain` but a late reply. */
import { sql } from 'kysely'
import { BULK, type Room } from './room.ts'

/** Deliveries of which nobody knows whether they are out, after `after`: at most BULK. */
export async function uncertain(
  { db }: Room,
  args: { mailing: number; after: number },
): Promise<{ n: number; address: string; at: number; why: string | null }[]> {
  return await db
    .selectFrom('delivery')
    .where('mailing_id', '=', args.mailing)
    .where('n', '>', args.after)
    .where('state', '=', 'uncertain')
    .orderBy('n')
    .limit(BULK)
    .select(['n', 'address', 'state_at as at', 'reply_text as why'])
    .execute()
}

/**
 * A person's word on an uncertain delivery: `accepted`, because it arrived, or `pending`, because it did not and is to
 * be sent once more. False when it is not uncertain (any more). A mailing that was done goes on for it.
 */
export async function settleByHand(
  { db }: Room,
  args: { mailing: number; n: number; to: 'accepted' | 'pending'; now: number },
): Promise<boolean> {
  const moved = await db
    .updateTable('delivery')
    .set({ state: args.to, state_at: args.now })
    .where('mailing_id', '=', args.mailing)
    .where('n', '=', args.n)
    .where('state', '=', 'uncertain')
    .executeTakeFirst()
  if (Number(moved.numUpdatedRows) === 0) return false
  await sql`update chunk set uncertain = uncertain - 1, ${sql.ref(args.to)} = ${sql.ref(args.to)} + 1
    where mailing_id = ${args.mailing} and first_n <= ${args.n} and last_n >= ${args.n}`.execute(db)
  if (args.to === 'accepted') return true
  // A copy that may be out keeps its edition; one that is said not to be has none, until it is handed again.
  await db
    .updateTable('delivery')
    .set({ edition_id: null })
    .where('mailing_id', '=', args.mailing)
    .where('n', '=', args.n)
    .execute()
  await db
    .updateTable('chunk')
    .set({ due_at: args.now })
    .where('mailing_id', '=', args.mailing)
    .where('first_n', '<=', args.n)
    .where('last_n', '>=', args.n)
    .execute()
  await db
    .updateTable('mailing')
    .set({ state: 'running', finished_at: null })
    .where('id', '=', args.mailing)
    .where('state', '=', 'done')
    .execute()
  return true
}
