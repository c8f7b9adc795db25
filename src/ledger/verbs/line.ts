/**
 * The stop of the line: a mailing that hands out a failing link is held, drained, switched to another edition, and goes
 * on. Every step is one commit that finds the state it expects or changes nothing, so a worker may die between any two.
 */
import { sql } from 'kysely'
import type { LinkChange } from '../../edition/index.ts'
import type { NoticeStart } from '../words.ts'
import { putNotices } from './notices.ts'
import { startWatch, type WatchStart } from './opening.ts'
import { audit } from './records.ts'
import type { Room } from './room.ts'
import { inHandNow } from './rows.ts'

/** So often the watch lets a mailing go on by itself; the next time a person must. */
const HOLDS_BY_ITSELF = 2

/** Held where it was about to hand out mail: in the commit of the look that says why. */
export async function holdLine(db: Room['db'], args: { mailing: number; why: string; now: number }): Promise<boolean> {
  const held = await db
    .updateTable('mailing')
    .set({
      state: 'held',
      state_why: args.why,
      holds: sql<number>`holds + 1`,
      held_by: sql<string | null>`case when holds >= ${sql.lit(HOLDS_BY_ITSELF)} then null else 'line' end`,
      line_at: args.now,
      slipped: inHandNow,
    })
    .where('id', '=', args.mailing)
    .where('state', 'in', ['running', 'scheduled', 'proving'])
    .where('published_at', 'is not', null)
    .executeTakeFirst()
  if (Number(held.numUpdatedRows) === 0) return false
  const word = { at: args.now, who: 'the watch', what: 'held', mailing: args.mailing, detail: args.why }
  await audit({ db } as Room, word)
  return true
}

/** Mailings held by the watch that are to be seen to now. */
export async function dueLines({ db }: Room, args: { now: number }): Promise<number[]> {
  const rows = await db
    .selectFrom('mailing')
    .select('id')
    .where('state', '=', 'held')
    .where('held_by', '=', 'line')
    .where('line_at', '<=', args.now)
    .orderBy('id')
    .limit(20)
    .execute()
  return rows.map((row) => row.id)
}

/** Nothing can be done for a held mailing just now. */
export async function lineLater({ db }: Room, args: { mailing: number; at: number }): Promise<void> {
  await db.updateTable('mailing').set({ line_at: args.at }).where('id', '=', args.mailing).execute()
}

/** Lets a mailing go on that the watch held. False: it is not held by the watch any more. */
export async function resumeLine(
  { db }: Room,
  args: { mailing: number; why: string; notices: readonly NoticeStart[]; now: number },
): Promise<boolean> {
  const row = await db
    .updateTable('mailing')
    .set({ state: 'scheduled', state_why: null, held_by: null, line_at: null, due_at: notPast(args.now) })
    .where('id', '=', args.mailing)
    .where('state', '=', 'held')
    .where('held_by', '=', 'line')
    .returning('id')
    .executeTakeFirst()
  if (!row) return false
  await wentOn({ db } as Room, { ...args, who: 'the watch' })
  return true
}

/**
 * Another edition for everybody who has not been handed one: one row changes, and with it the mailing goes on. False:
 * it is not held, or its edition is another one by now.
 */
export async function switchEdition(
  { db }: Room,
  args: {
    mailing: number
    from: number
    to: number
    watch: readonly WatchStart[]
    /** All that was changed since the first edition: what holders of an earlier one are owed. */
    changes: readonly LinkChange[]
    why: string
    who: string
    notices: readonly NoticeStart[]
    now: number
  },
): Promise<boolean> {
  const row = await db
    .updateTable('mailing')
    .set({
      changes: JSON.stringify(args.changes),
      edition_id: args.to,
      state: 'scheduled',
      state_why: null,
      held_by: null,
      line_at: null,
      due_at: notPast(args.now),
    })
    .where('id', '=', args.mailing)
    .where('edition_id', '=', args.from)
    .where('state', '=', 'held')
    .returning('id')
    .executeTakeFirst()
  if (!row) return false
  await startWatch(db, args)
  await wentOn({ db } as Room, args)
  return true
}

/** A time that passed while the mailing was held is now: it did not pass because nothing ran. */
const notPast = (now: number) =>
  sql<number>`case when due_at < cast(${now} as bigint) then cast(${now} as bigint) else due_at end`

async function wentOn(
  room: Room,
  args: { mailing: number; why: string; who: string; notices: readonly NoticeStart[]; now: number },
): Promise<void> {
  await putNotices(room.db, args.notices, args.now)
  await audit(room, { at: args.now, who: args.who, what: 'went on', mailing: args.mailing, detail: args.why })
}

/** How many of an edition are in hand just now: a corrigendum waits for them. Only chunks with something in hand are read. */
export async function inHand({ db }: Room, args: { mailing: number; edition: number | null }): Promise<number> {
  const row = await db
    .selectFrom('chunk as c')
    .innerJoin('delivery as d', (join) =>
      join.onRef('d.mailing_id', '=', 'c.mailing_id').onRef('d.n', '>=', 'c.first_n').onRef('d.n', '<=', 'c.last_n'),
    )
    .where('c.mailing_id', '=', args.mailing)
    .where('c.handed', '>', 0)
    .where('d.state', '=', 'handed')
    .$if(args.edition !== null, (q) => q.where('d.edition_id', '=', args.edition))
    .select(sql<number>`count(*)`.as('n'))
    .executeTakeFirstOrThrow()
  return Number(row.n)
}
