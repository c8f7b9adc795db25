/** Looks and the watch. A look is of a link; a watch is of a link in a mailing. Looks are never changed or removed. */
import { type ExpressionBuilder, sql } from 'kysely'
import type { Cause, Look } from '../../links/index.ts'
import type { Schema } from '../schema.ts'
import type { LinkLine, NoticeStart, Watched, WatchState } from '../words.ts'
import { holdLine } from './line.ts'
import { putNotices } from './notices.ts'
import type { Room } from './room.ts'
import { watchedOf, watchRows } from './rows.ts'

/** Links of visible mailings whose next look is due, the longest overdue first. */
export async function dueWatches({ db }: Room, args: { now: number; limit: number }): Promise<Watched[]> {
  const rows = await watchRows(db).where('w.due_at', '<=', args.now).orderBy('w.due_at').limit(args.limit).execute()
  return rows.map(watchedOf)
}

/**
 * Looks at a link since a moment, oldest first: one a slot. `until`: the time it is. What a clock that was ahead wrote
 * down is left out then, or it would stay the newest look for as long as the clock was wrong.
 */
export async function looksSince({ db }: Room, args: { link: number; since: number; until?: number }): Promise<Look[]> {
  const rows = await db
    .selectFrom('look')
    .select('detail')
    .where('link_id', '=', args.link)
    .where('at', '>=', args.since)
    .$if(args.until !== undefined, (q) => q.where('at', '<=', args.until ?? 0))
    .where('slot', 'is not', null)
    .orderBy('at')
    .execute()
  return rows.map((row) => JSON.parse(row.detail) as Look)
}

/** The newest looks of addresses, not older than `since`: what need not be asked again. */
export async function knownLooks({ db }: Room, args: { hrefs: readonly string[]; since: number }): Promise<Look[]> {
  if (args.hrefs.length === 0) return []
  const rows = await db
    .selectFrom('look')
    .innerJoin('link', 'link.id', 'look.link_id')
    .where('link.href', 'in', [...args.hrefs])
    .where('look.at', '>=', args.since)
    .orderBy('look.at')
    .select('look.detail')
    .execute()
  return rows.map((row) => JSON.parse(row.detail) as Look)
}

export interface Watchword {
  readonly mailing: number
  readonly state: WatchState
  readonly since: number | null
  readonly cause: Cause | null
  readonly dueAt: number | null
  /** Since when it is dead; null while it is not. */
  readonly deadAt?: number | null
  /** The mailing hands it out and must not: held in this commit, and why. */
  readonly hold?: string | null
  /** The mailing is held by the watch, and this look may let it go on. */
  readonly wake?: boolean
}

/**
 * Writes down a look for the slot it answers, and where each mailing that watches the link now stands. A second look
 * for the same slot (a job that ran twice) changes nothing but the due time: false.
 */
export async function recordLook(
  { db }: Room,
  args: { link: number; slot: number; look: Look; words: readonly Watchword[]; notices?: readonly NoticeStart[] },
): Promise<boolean> {
  const made = await db
    .insertInto('look')
    .values({
      link_id: args.link,
      at: args.look.at,
      slot: args.slot,
      verdict: args.look.verdict,
      detail: JSON.stringify(args.look),
    })
    .onConflict((c) => c.doNothing())
    .executeTakeFirst()
  const fresh = Number(made.numInsertedOrUpdatedRows ?? 0) > 0
  for (const { mailing, dueAt, ...judged } of args.words) {
    // The due time moves in any case, or a slot that was answered would be asked for ever.
    const { state, since, cause, deadAt = null, hold = null, wake = false } = judged
    await db
      .updateTable('watch')
      .set(fresh ? { state, since, cause, due_at: dueAt, dead_at: deadAt } : { due_at: dueAt })
      .$if(fresh && state !== 'dead', (q) => q.set({ stalled_at: null, correct_at: null }))
      .where('mailing_id', '=', mailing)
      .where('link_id', '=', args.link)
      .execute()
    if (!fresh) continue
    if (state === 'alive') await closeQuestion(db, mailing, args.link)
    if (hold !== null) await holdLine(db, { mailing, why: hold, now: args.look.at })
    if (wake) {
      await db
        .updateTable('mailing')
        .set({ line_at: args.look.at })
        .where('id', '=', mailing)
        .where('state', '=', 'held')
        .where('held_by', '=', 'line')
        .execute()
    }
  }
  if (fresh) await putNotices(db, args.notices ?? [], args.look.at)
  return fresh
}

/** A link that lives again is no question any more; when it dies again, that is a new one. */
async function closeQuestion(db: Room['db'], mailing: number, link: number): Promise<void> {
  await db
    .updateTable('watch')
    .set({ answer: null })
    .where('mailing_id', '=', mailing)
    .where('link_id', '=', link)
    .where('answer', 'in', ['asked', 'refused', 'vetoed'])
    .execute()
}

/** Moves due times without a look: the checker itself had no way out, so nothing was learnt. */
export async function postpone(
  { db }: Room,
  args: { link: number; mailings: readonly number[]; dueAt: number },
): Promise<void> {
  await db
    .updateTable('watch')
    .set({ due_at: args.dueAt })
    .where('link_id', '=', args.link)
    .where('mailing_id', 'in', [...args.mailings])
    .execute()
}

/** All mailings that watch a link. */
export async function watchesOf({ db }: Room, args: { link: number }): Promise<Watched[]> {
  const rows = await watchRows(db).where('w.link_id', '=', args.link).where('w.due_at', 'is not', null).execute()
  return rows.map(watchedOf)
}

/** The links of one mailing under watch. */
export async function watched({ db }: Room, args: { mailing: number }): Promise<Watched[]> {
  const rows = await watchRows(db).where('w.mailing_id', '=', args.mailing).orderBy('w.link_id').execute()
  return rows.map(watchedOf)
}

/** The links of a mailing for people: verdict, looks, holders. */
export async function linkLines({ db }: Room, args: { mailing: number }): Promise<LinkLine[]> {
  const rows = await watchRows(db)
    .where('w.mailing_id', '=', args.mailing)
    .orderBy('w.link_id')
    .select((e) => [
      lastLook(e).as('last_detail'),
      e
        .selectFrom('look as k')
        .whereRef('k.link_id', '=', 'w.link_id')
        .select(sql<number>`count(*)`.as('n'))
        .as('looks'),
      e
        .selectFrom('delivery as d')
        .whereRef('d.mailing_id', '=', 'w.mailing_id')
        .where('d.role', '=', 'reader')
        .where('d.state', 'in', ['accepted', 'uncertain'])
        .where('d.edition_id', 'in', (q) =>
          q.selectFrom('place as pl').whereRef('pl.link_id', '=', 'w.link_id').select('pl.edition_id'),
        )
        .select(sql<number>`count(*)`.as('n'))
        .as('holders'),
    ])
    .execute()
  return rows.map((row) => {
    const last = row.last_detail === null ? null : (JSON.parse(row.last_detail) as Look)
    return {
      ...watchedOf(row),
      verdict: last?.verdict ?? null,
      lastLook: last?.at ?? null,
      why: last?.why ?? null,
      looks: Number(row.looks ?? 0),
      holders: Number(row.holders ?? 0),
    }
  })
}

function lastLook(e: ExpressionBuilder<Schema & { w: Schema['watch'] }, 'w'>) {
  return e
    .selectFrom('look as lk')
    .whereRef('lk.link_id', '=', 'w.link_id')
    .orderBy('lk.at', 'desc')
    .limit(1)
    .select('lk.detail')
}
