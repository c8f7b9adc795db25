/** The life of a mailing once it is published: what begins it, what stops it, and how it stands. */
import { sql } from 'kysely'
import { type Counts, DELIVERY_STATES, type Mailing, type MailingState } from '../words.ts'
import { finish } from './delivering.ts'
import type { Room } from './room.ts'
import { closeOpenRows, inHandNow, mailingOf, mailingRows } from './rows.ts'

/** Scheduled mailings whose time has come. One that is not published is a corrigendum whose audience is still open. */
export async function dueMailings({ db }: Room, args: { now: number }): Promise<Mailing[]> {
  const rows = await mailingRows(db)
    .where('m.state', '=', 'scheduled')
    .where('m.due_at', '<=', args.now)
    .orderBy('m.due_at')
    .limit(20)
    .execute()
  return rows.map(mailingOf)
}

/** scheduled → running. False when it is not scheduled (any more). An audience of nobody is done at once. */
export async function begin({ db }: Room, args: { mailing: number; now: number }): Promise<boolean> {
  const row = await db
    .updateTable('mailing')
    .set({ state: sql<string>`case when audience = 0 then 'done' else 'running' end` })
    .set({ started_at: sql<number>`coalesce(started_at, ${args.now})` })
    .set({ finished_at: sql<number | null>`case when audience = 0 then cast(${args.now} as bigint) else null end` })
    .where('id', '=', args.mailing)
    .where('state', '=', 'scheduled')
    .where('published_at', 'is not', null)
    .returning('id')
    .executeTakeFirst()
  // Its links are looked at as its first message leaves; whatever was planned later would come too late.
  if (row) {
    await db
      .updateTable('watch')
      .set({ due_at: args.now })
      .where('mailing_id', '=', args.mailing)
      .where('due_at', '>', args.now)
      .execute()
  }
  // Held while its last messages were in hand: it goes on, and there is nothing left to do.
  if (row) await finish(db, args.mailing, args.now)
  return row !== undefined
}

/**
 * Stops a mailing at the next commit. Only a running or scheduled one can be held; one that the watch holds already
 * will not go on by itself any more.
 */
export async function hold({ db }: Room, args: { mailing: number; why: string }): Promise<MailingState | null> {
  await db
    .updateTable('mailing')
    .set({ held_by: null, line_at: null, state_why: args.why })
    .where('id', '=', args.mailing)
    .where('state', '=', 'held')
    .where('held_by', '=', 'line')
    .execute()
  return await turn(db, args.mailing, ['running', 'scheduled', 'proving'], { state: 'held', state_why: args.why })
}

/** Lets a held mailing go on: it is scheduled again, for its own time, or for now where that has passed. */
export async function resume({ db }: Room, args: { mailing: number; now: number }): Promise<MailingState | null> {
  const to = { state: 'scheduled' as const, state_why: null, held_by: null, line_at: null }
  const was = await turn(db, args.mailing, ['held'], to)
  if (was !== 'held') return was
  await db
    .updateTable('mailing')
    .set({ due_at: args.now })
    .where('id', '=', args.mailing)
    .where('due_at', '<', args.now)
    .execute()
  return was
}

/** Changes state where it is one of `from`; gives the state it was in, or null where there is no such mailing. */
async function turn(
  db: Room['db'],
  id: number,
  from: MailingState[],
  to: { state: MailingState; state_why: string | null; finished_at?: number; held_by?: null; line_at?: null },
): Promise<MailingState | null> {
  const row = await db.selectFrom('mailing').select('state').where('id', '=', id).executeTakeFirst()
  if (!row) return null
  const was = row.state as MailingState
  // Counted in the commit that stops it: whatever is handed later is not.
  const slipped = to.state === 'held' || to.state === 'cancelled' ? { slipped: inHandNow } : {}
  if (from.includes(was)) {
    await db
      .updateTable('mailing')
      .set({ ...to, ...slipped })
      .where('id', '=', id)
      .execute()
  }
  return was
}

/**
 * Ends a mailing. What was handed stays as it is; every row that had not left becomes cancelled. A corrigendum's links
 * are not asked about again while they stay dead, unless another corrigendum answers them; whom it did not reach is
 * owed one as before.
 */
export async function cancel(
  { db }: Room,
  args: { mailing: number; why: string; now: number },
): Promise<MailingState | null> {
  const was = await turn(db, args.mailing, ['publishing', 'scheduled', 'proving', 'running', 'held'], {
    state: 'cancelled',
    state_why: args.why,
    finished_at: args.now,
    held_by: null,
    line_at: null,
  })
  if (was !== null && was !== 'done' && was !== 'cancelled') await unanswer(db, args.mailing)
  return was
}

async function unanswer(db: Room['db'], corrigendum: number): Promise<void> {
  const row = await db.selectFrom('mailing').select('corrects_mailing').where('id', '=', corrigendum).executeTakeFirst()
  if (!row || row.corrects_mailing === null) return
  const others = db
    .selectFrom('answers as a')
    .innerJoin('mailing as c', 'c.id', 'a.corrigendum_id')
    .where('c.corrects_mailing', '=', row.corrects_mailing)
    .where('c.state', '<>', 'cancelled')
    .select('a.link_id')
  await db
    .updateTable('watch')
    .set({ answer: 'vetoed' })
    .where('mailing_id', '=', row.corrects_mailing)
    .where('answer', '=', 'corrigendum')
    .where('link_id', 'in', (e) => e.selectFrom('answers').select('link_id').where('corrigendum_id', '=', corrigendum))
    .where('link_id', 'not in', others)
    .execute()
  await db
    .deleteFrom('correction')
    .where('corrigendum_id', '=', corrigendum)
    .where((e) =>
      e.exists(
        e
          .selectFrom('delivery as d')
          .select('d.n')
          .whereRef('d.subscriber_id', '=', 'correction.subscriber_id')
          .where('d.mailing_id', '=', corrigendum)
          .where('d.state', 'in', ['pending', 'deferred']),
      ),
    )
    .execute()
}

/**
 * Turns the open rows of cancelled mailings, one chunk a call; false when none is left. A chunk with messages in hand
 * stays due until its owner gives it back, or `parkLapsed` finds that nobody will.
 */
export async function sweepCancelled({ db }: Room, args: { now: number }): Promise<boolean> {
  const chunk = await db
    .selectFrom('mailing')
    .innerJoin('chunk', 'mailing.id', 'chunk.mailing_id')
    .where('mailing.state', '=', 'cancelled')
    .where('chunk.due_at', 'is not', null)
    .where((e) => e.or([e('chunk.handed', '=', 0), e('chunk.pending', '>', 0), e('chunk.deferred', '>', 0)]))
    .select(['chunk.id', 'chunk.mailing_id', 'chunk.first_n', 'chunk.last_n', 'chunk.handed'])
    .limit(1)
    .executeTakeFirst()
  if (!chunk) return false
  await closeOpenRows(db, { ...chunk, mailing: chunk.mailing_id, to: 'cancelled', now: args.now })
  if (chunk.handed === 0) await db.updateTable('chunk').set({ due_at: null }).where('id', '=', chunk.id).execute()
  return true
}

export async function mailing({ db }: Room, args: { id: number }): Promise<Mailing | null> {
  const row = await mailingRows(db).where('m.id', '=', args.id).executeTakeFirst()
  return row ? mailingOf(row) : null
}

/** The newest mailings first; publishing ones are not visible, and messages to one are seen one by one. */
export async function mailings({ db }: Room, args: { limit: number }): Promise<Mailing[]> {
  const rows = await mailingRows(db)
    .where('m.state', '!=', 'publishing')
    .where('m.kind', 'not in', ['message', 'confirmation'])
    .orderBy('m.id', 'desc')
    .limit(args.limit)
    .execute()
  return rows.map(mailingOf)
}

/** Readers by state. The sums stand in `chunk`, written with the rows themselves. */
export async function counts({ db }: Room, args: { mailing: number }): Promise<Counts> {
  const row = await db
    .selectFrom('chunk')
    .where('mailing_id', '=', args.mailing)
    .where('role', 'in', ['reader', 'team', 'applicant', 'test'])
    .select(DELIVERY_STATES.map((state) => sql<number>`coalesce(sum(${sql.ref(state)}), 0)`.as(state)))
    .executeTakeFirstOrThrow()
  return Object.fromEntries(DELIVERY_STATES.map((state) => [state, Number(row[state])])) as Counts
}
