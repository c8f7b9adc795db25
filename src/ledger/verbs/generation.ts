/**
 * Whether this ledger is as new as what was sent from it. Its number grows while a worker runs, and a file beside it
 * keeps the last one: a ledger that stands behind its file is a restored backup, which does not know whom it has
 * written to since. What it would do by itself is then held for a person.
 */
import { sql } from 'kysely'
import type { NoticeStart } from '../words.ts'
import { putNotices } from './notices.ts'
import { audit } from './records.ts'
import type { Room } from './room.ts'
import { inHandNow } from './rows.ts'

export interface Generation {
  /** Names this ledger and its backups, and no other. */
  readonly lineage: string
  readonly n: number
}

/** The next number. */
export async function grow({ db }: Room): Promise<Generation> {
  return await db
    .updateTable('generation')
    .set({ n: sql<number>`n + 1` })
    .returning(['lineage', 'n'])
    .executeTakeFirstOrThrow()
}

/**
 * Holds every mailing that has not ended, for a person, and keeps corrigenda from being made by themselves until
 * `trustRestored`. The number passes `beyond`, so that it is found once. Null: there is no mailing to be held or
 * corrected. Else how many were held.
 */
export async function holdRestored(
  { db, clock }: Room,
  args: { beyond: number; why: string; notice: NoticeStart; now: number },
): Promise<number | null> {
  await db
    .updateTable('generation')
    .set({ n: sql<number>`n + cast(${args.beyond} as bigint)` })
    .execute()
  const any = await db.selectFrom('mailing').select('id').where('state', '<>', 'publishing').limit(1).executeTakeFirst()
  if (!any) return null
  await db.updateTable('generation').set({ restored_at: args.now }).execute()
  const live = await db
    .updateTable('mailing')
    .set({ state: 'held', state_why: args.why, held_by: null, line_at: null, slipped: inHandNow })
    .where((e) =>
      e.or([
        e('state', 'in', ['scheduled', 'proving', 'running']),
        e.and([e('state', '=', 'held'), e('held_by', '=', 'line')]),
      ]),
    )
    .returning('id')
    .execute()
  for (const { id } of live) {
    await audit({ db, clock }, { at: args.now, who: 'the worker', what: 'held', mailing: id, detail: args.why })
  }
  await putNotices(db, [args.notice], args.now)
  return live.length
}

/** A person's word that what was sent since the backup is known. False: nobody asked. */
export async function trustRestored({ db }: Room, args: { now: number }): Promise<boolean> {
  const trusted = await db
    .updateTable('generation')
    .set({ restored_at: null })
    .where('restored_at', 'is not', null)
    .executeTakeFirst()
  await db
    .updateTable('notice')
    .set({ closed_at: args.now })
    .where('kind', '=', 'restored')
    .where('closed_at', 'is', null)
    .execute()
  return Number(trusted.numUpdatedRows) > 0
}
