/** A corrigendum gets its audience: person by person, each in one commit with what it corrects for them. */
import { sql } from 'kysely'
import type { FrozenRow } from '../words.ts'
import { publish } from './opening.ts'
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
  // Whoever freezes another corrigendum waits for our commit: each must see what the other promised, to whom.
  await db.updateTable('generation').set({ n: sql<number>`n` }).execute()
  const last = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', args.corrigendum)
    .select(sql<number | null>`max(n)`.as('n'))
    .executeTakeFirstOrThrow()
  const subscribers = args.rows.flatMap(({ subscriber }) => (subscriber === null ? [] : [subscriber]))
  if (subscribers.length === 0) return { audience: Number(last.n ?? 0), postponed: 0, next: null }
  const inHand = await inHandFor(db, { ...args, subscribers })
  const capped =
    args.cap === null ? new Map<number, number>() : await cappedUntil(db, { ...args, subscribers, cap: args.cap })
  const owing = args.rows.filter(({ subscriber, owed }) => subscriber !== null && inHand.isOwed(subscriber, owed))
  const now = owing.filter(({ subscriber }) => !capped.has(subscriber ?? 0))
  const later = owing.flatMap(({ subscriber }) => capped.get(subscriber ?? 0) ?? [])
  const promised = now.flatMap(({ subscriber, owed }) =>
    owed.map(({ mailing, link }) => ({
      subscriber_id: subscriber ?? 0,
      mailing_id: mailing,
      link_id: link,
      corrigendum_id: args.corrigendum,
    })),
  )
  for (let at = 0; at < promised.length; at += BULK) {
    const page = promised.slice(at, at + BULK)
    await db
      .insertInto('correction')
      .values(page)
      .onConflict((c) => c.doNothing())
      .execute()
  }
  const first = Number(last.n ?? 0) + 1
  const rows = now.map(({ owed: _, ...row }, at) => deliveryRow(args.corrigendum, { ...row, n: first + at }, args.now))
  if (rows.length > 0) await db.insertInto('delivery').values(rows).execute()
  return {
    audience: first + rows.length - 1,
    postponed: later.length,
    next: later.length === 0 ? null : Math.min(...later),
  }
}

/**
 * What these people are promised already. Nobody is owed what they are frozen into, or what another corrigendum has in
 * hand for all of it; one for another cause than links promises none, and is owed to whoever is not in it.
 */
async function inHandFor(
  db: Room['db'],
  { corrigendum, rows, subscribers }: { corrigendum: number; rows: readonly OwedRow[]; subscribers: readonly number[] },
): Promise<{ isOwed: (subscriber: number, owed: OwedRow['owed']) => boolean }> {
  const frozen = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', corrigendum)
    .where('subscriber_id', 'in', [...subscribers])
    .select('subscriber_id')
    .execute()
  const mailings = [...new Set(rows.flatMap(({ owed }) => owed.map((one) => one.mailing)))]
  const promises =
    mailings.length === 0
      ? []
      : await db
          .selectFrom('correction')
          .where('subscriber_id', 'in', [...subscribers])
          .where('mailing_id', 'in', mailings)
          .select(['subscriber_id', 'mailing_id', 'link_id'])
          .execute()
  const there = new Set(frozen.map((row) => row.subscriber_id))
  const promised = new Set(promises.map((row) => `${row.subscriber_id} ${row.mailing_id} ${row.link_id}`))
  return {
    isOwed: (subscriber, owed) =>
      !there.has(subscriber) &&
      (owed.length === 0 || owed.some(({ mailing, link }) => !promised.has(`${subscriber} ${mailing} ${link}`))),
  }
}

/** When each of those who have had as many corrigenda as they should may get another. */
async function cappedUntil(
  db: Room['db'],
  of: { subscribers: readonly number[]; corrigendum: number; cap: Cap; now: number },
): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .where('d.subscriber_id', 'in', [...of.subscribers])
    .where('m.kind', '=', 'corrigendum')
    .where('m.origin', '=', 'auto')
    .where('m.id', '<>', of.corrigendum)
    .where('d.state', 'in', ['pending', 'handed', 'deferred', 'accepted', 'uncertain', 'bounced'])
    .where('d.state_at', '>', of.now - of.cap.over)
    .orderBy('d.state_at', 'desc')
    .select(['d.subscriber_id', 'd.state_at'])
    .execute()
  const had = Map.groupBy(rows, (row) => row.subscriber_id ?? 0)
  return new Map(
    [...had].flatMap(([subscriber, all]) => {
      const last = all[of.cap.looks - 1]
      return last ? [[subscriber, last.state_at + of.cap.over] as const] : []
    }),
  )
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
