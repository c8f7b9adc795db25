/** The life of a mailing up to the point where lanes take over, and what stops it. */
import { sql } from 'kysely'
import type { Kind, LinkChange, LinkTerms } from '../../edition/index.ts'
import type { Look } from '../../links/index.ts'
import {
  type Counts,
  DELIVERY_STATES,
  type FrozenRow,
  type Mailing,
  type MailingState,
  type Selection,
} from '../words.ts'
import { finish } from './delivering.ts'
import { linkId } from './editions.ts'
import { BULK, type Room } from './room.ts'
import { closeOpenRows, deliveryRow, inHandNow, mailingOf, mailingRows } from './rows.ts'

export interface NewMailing {
  readonly kind: Kind
  readonly edition: number
  readonly listId: number | null
  /** Where it goes to more than one list as it stands. */
  readonly selection?: Selection | null
  readonly series: string | null
  readonly dueAt: number
  readonly expiresAt: number
  readonly now: number
  readonly corrects: {
    readonly mailing: number
    readonly edition: number
    readonly changes: readonly LinkChange[]
    /** Of the mailing's links, those it is for: all else in `changes` is by the way. */
    readonly links?: readonly number[]
    readonly domain?: string | null
    readonly origin?: 'auto' | 'hand'
  } | null
  /** An estimate for a corrigendum, whose audience is frozen when its notice has passed. */
  readonly audience: number
  /** The links of a corrigendum are watched from here on; an announcement's from `publish`. */
  readonly watch?: readonly WatchStart[]
}

/** Opens a mailing. An announcement is invisible until `publish`; a corrigendum is scheduled, its audience still open. */
export async function openMailing({ db }: Room, args: NewMailing): Promise<number> {
  const row = await db
    .insertInto('mailing')
    .values({
      kind: args.kind,
      edition_id: args.edition,
      list_id: args.listId,
      selection: args.selection ? JSON.stringify(args.selection) : null,
      state: args.corrects ? 'scheduled' : 'publishing',
      state_why: null,
      audience: args.audience,
      series: args.series,
      created_at: args.now,
      published_at: null,
      due_at: args.dueAt,
      started_at: null,
      finished_at: null,
      expires_at: args.expiresAt,
      corrects_mailing: args.corrects?.mailing ?? null,
      corrects_edition: args.corrects?.edition ?? null,
      changes: args.corrects ? JSON.stringify(args.corrects.changes) : null,
      held_by: null,
      line_at: null,
      domain: args.corrects?.domain ?? null,
      origin: args.corrects?.origin ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await startWatch(db, { mailing: row.id, watch: args.watch ?? [], now: args.now })
  for (const link of args.corrects?.links ?? []) {
    await db.insertInto('answers').values({ corrigendum_id: row.id, link_id: link }).execute()
  }
  return row.id
}

/** Adds rows to the audience: at most BULK. A person who is already in it is left as they are. */
export async function freeze(
  { db }: Room,
  args: { mailing: number; rows: readonly FrozenRow[]; now: number },
): Promise<void> {
  if (args.rows.length > BULK) throw new Error(`freeze takes at most ${BULK} rows at a time`)
  if (args.rows.length === 0) return
  await db
    .insertInto('delivery')
    .values(args.rows.map((row) => deliveryRow(args.mailing, row, args.now)))
    .onConflict((c) => c.doNothing())
    .execute()
}

export interface WatchStart {
  readonly href: string
  readonly terms: LinkTerms | null
  readonly dueAt: number | null
  readonly baseline: Look | null
}

/** The one commit that makes a mailing visible: its chunks, its watch, its time, and its state. */
export async function publish(
  { db }: Room,
  args: {
    mailing: number
    audience: number
    chunkSize: number
    now: number
    /** Unset: the time it was opened with. */
    dueAt?: number
    watch: readonly WatchStart[]
  },
): Promise<void> {
  const chunks = []
  for (let first = 1; first <= args.audience; first += args.chunkSize) {
    const last = Math.min(first + args.chunkSize - 1, args.audience)
    const rows = last - first + 1
    chunks.push({
      mailing_id: args.mailing,
      first_n: first,
      last_n: last,
      role: 'reader',
      due_at: args.now,
      ...ZERO,
      pending: rows,
    })
  }
  for (let at = 0; at < chunks.length; at += BULK) {
    await db
      .insertInto('chunk')
      .values(chunks.slice(at, at + BULK))
      .execute()
  }
  await startWatch(db, args)
  await db
    .updateTable('mailing')
    .set({ state: 'scheduled', audience: args.audience, published_at: args.now })
    .$if(args.dueAt !== undefined, (q) => q.set({ due_at: args.dueAt ?? 0 }))
    .where('id', '=', args.mailing)
    .execute()
}

export async function startWatch(
  db: Room['db'],
  args: { mailing: number; watch: readonly WatchStart[]; now: number },
): Promise<void> {
  for (const { href, terms, dueAt, baseline } of args.watch) {
    await db
      .insertInto('watch')
      .values({
        mailing_id: args.mailing,
        link_id: await linkId(db, href),
        published_at: args.now,
        due_at: dueAt,
        state: 'alive',
        since: null,
        cause: null,
        terms: terms ? JSON.stringify(terms) : null,
        baseline: baseline ? JSON.stringify(baseline) : null,
        answer: null,
        corrigendum_id: null,
      })
      .onConflict((c) => c.doNothing())
      .execute()
  }
}

export const ZERO = {
  epoch: 0,
  pending: 0,
  handed: 0,
  accepted: 0,
  deferred: 0,
  rejected: 0,
  uncertain: 0,
  bounced: 0,
  suppressed: 0,
  cancelled: 0,
  expired: 0,
}

/** Takes back a mailing that was never published. */
export async function discard({ db }: Room, args: { mailing: number }): Promise<void> {
  const row = await db.selectFrom('mailing').select('state').where('id', '=', args.mailing).executeTakeFirst()
  if (row?.state !== 'publishing') return
  await db.deleteFrom('delivery').where('mailing_id', '=', args.mailing).execute()
  await db.deleteFrom('mailing').where('id', '=', args.mailing).execute()
}

/** Takes back mailings that were opened before a moment and never published: a crash left them. A page a call; false when none is left. */
export async function discardAbandoned({ db }: Room, args: { before: number }): Promise<boolean> {
  const left = await db
    .selectFrom('mailing')
    .select('id')
    .where('state', '=', 'publishing')
    .where('created_at', '<', args.before)
    .limit(1)
    .executeTakeFirst()
  if (!left) return false
  const page = db.selectFrom('delivery').select('n').where('mailing_id', '=', left.id).orderBy('n').limit(BULK)
  const gone = await db
    .deleteFrom('delivery')
    .where('mailing_id', '=', left.id)
    .where('n', 'in', page)
    .executeTakeFirst()
  if (Number(gone.numDeletedRows) < BULK) await db.deleteFrom('mailing').where('id', '=', left.id).execute()
  return true
}

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
