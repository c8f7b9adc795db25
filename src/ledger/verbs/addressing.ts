/** A corrigendum gets its audience: person by person, each in one commit with what it corrects for them. */
import { sql } from 'kysely'
import type { FrozenRow } from '../words.ts'
import { publish } from './mailings.ts'
import { BULK, type Room } from './room.ts'
import { deliveryRow } from './rows.ts'

/** A holder who goes into a corrigendum, and which links of which mailing it corrects for them. */
export interface OwedRow extends Omit<FrozenRow, 'n'> {
  readonly owed: readonly { readonly mailing: number; readonly link: number }[]
}

/** So many corrigenda by themselves to one person since a moment. */
export interface Cap {
  readonly looks: number
  readonly over: number
}

export interface Freeze {
  readonly audience: number
  /** People who have had enough for now, and when the first of them may be written to again. */
  readonly postponed: number
  readonly next: number | null
}

/**
 * Freezes a page of holders into a corrigendum, each together with what it corrects: a person who is owed nothing
 * more, because this or another corrigendum has these links in hand for their copies, is passed over. The rows are
 * numbered here, without gaps. At most BULK rows.
 */
export async function freezeCorrected(
  { db }: Room,
  args: { corrigendum: number; rows: readonly OwedRow[]; cap: Cap | null; now: number },
): Promise<Freeze> {
  if (args.rows.length > BULK) throw new Error(`freezeCorrected takes at most ${BULK} rows at a time`)
  const last = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', args.corrigendum)
    .select(sql<number | null>`max(n)`.as('n'))
    .executeTakeFirstOrThrow()
  let n = Number(last.n ?? 0)
  let postponed = 0
  let next: number | null = null
  for (const { owed, ...row } of args.rows) {
    if (row.subscriber === null || !(await isOwed(db, row.subscriber, owed))) continue
    const until = args.cap === null ? null : await cappedUntil(db, row.subscriber, args.corrigendum, args.cap, args.now)
    if (until !== null) {
      postponed += 1
      next = Math.min(next ?? until, until)
      continue
    }
    await writeDown(db, row.subscriber, owed, args.corrigendum)
    const made = await db
      .insertInto('delivery')
      .values(deliveryRow(args.corrigendum, { ...row, n: n + 1 }, args.now))
      .onConflict((c) => c.doNothing())
      .executeTakeFirst()
    n += Number(made.numInsertedOrUpdatedRows ?? 0)
  }
  return { audience: n, postponed, next }
}

/** False where all is in hand already. A corrigendum for another cause than links corrects none: it is always owed. */
async function isOwed(db: Room['db'], subscriber: number, owed: OwedRow['owed']): Promise<boolean> {
  if (owed.length === 0) return true
  const rows = await db
    .selectFrom('correction')
    .where('subscriber_id', '=', subscriber)
    .where('mailing_id', 'in', [...new Set(owed.map((one) => one.mailing))])
    .select(['mailing_id', 'link_id'])
    .execute()
  const inHand = new Set(rows.map((row) => `${row.mailing_id} ${row.link_id}`))
  return owed.some((one) => !inHand.has(`${one.mailing} ${one.link}`))
}

async function writeDown(
  db: Room['db'],
  subscriber: number,
  owed: OwedRow['owed'],
  corrigendum: number,
): Promise<void> {
  if (owed.length === 0) return
  await db
    .insertInto('correction')
    .values(
      owed.map(({ mailing, link }) => ({
        subscriber_id: subscriber,
        mailing_id: mailing,
        link_id: link,
        corrigendum_id: corrigendum,
      })),
    )
    .onConflict((c) => c.doNothing())
    .execute()
}

/** When a person who has had as many corrigenda as they should may get another; null: now. */
async function cappedUntil(
  db: Room['db'],
  subscriber: number,
  corrigendum: number,
  cap: Cap,
  now: number,
): Promise<number | null> {
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .where('d.subscriber_id', '=', subscriber)
    .where('m.kind', '=', 'corrigendum')
    .where('m.origin', '=', 'auto')
    .where('m.id', '<>', corrigendum)
    .where('d.state', 'in', ['pending', 'handed', 'deferred', 'accepted', 'uncertain', 'bounced'])
    .where('d.state_at', '>', now - cap.over)
    .orderBy('d.state_at', 'desc')
    .limit(cap.looks)
    .select('d.state_at')
    .execute()
  const first = rows.at(-1)
  return rows.length >= cap.looks && first ? first.state_at + cap.over : null
}

/**
 * The commit that makes a corrigendum visible. Those who have had enough for now get it later, from a corrigendum of
 * their own (`later`) with the same edition, which is opened in the same commit.
 */
export async function publishCorrigendum(
  room: Room,
  args: {
    corrigendum: number
    audience: number
    chunkSize: number
    now: number
    later: { people: number; dueAt: number } | null
  },
): Promise<number | null> {
  const { db } = room
  const was = await db
    .selectFrom('mailing')
    .selectAll()
    .where('id', '=', args.corrigendum)
    .where('state', '=', 'scheduled')
    .where('published_at', 'is', null)
    .executeTakeFirst()
  if (!was) return null
  let later: number | null = null
  if (args.later) {
    const { id: _, ...same } = was
    const row = await db
      .insertInto('mailing')
      .values({
        ...same,
        audience: args.later.people,
        created_at: args.now,
        due_at: args.later.dueAt,
        expires_at: was.expires_at - was.due_at + args.later.dueAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    later = row.id
    const links = await db.selectFrom('answers').selectAll().where('corrigendum_id', '=', was.id).execute()
    for (const { link_id } of links) {
      await db.insertInto('answers').values({ corrigendum_id: later, link_id }).execute()
    }
    const watch = await db.selectFrom('watch').selectAll().where('mailing_id', '=', was.id).execute()
    for (const one of watch)
      await db
        .insertInto('watch')
        .values({ ...one, mailing_id: later })
        .execute()
  }
  await publish(room, { ...args, mailing: args.corrigendum, watch: [] })
  // What waited has left; the one that leaves later may wait its own time.
  await db
    .updateTable('watch')
    .set({ stalled_at: null, correct_at: null })
    .where('mailing_id', '=', was.corrects_mailing ?? 0)
    .where('link_id', 'in', (e) => e.selectFrom('answers').select('link_id').where('corrigendum_id', '=', was.id))
    .execute()
  return later
}
