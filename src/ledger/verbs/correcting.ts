/** Who holds a dead link, and what each of them is owed: the ledger's side of a corrigendum. */
import { type RawBuilder, sql } from 'kysely'
import type { Answer, FrozenRow, HeldCopy, Holder, HolderCounts, NoticeStart, Watched } from '../words.ts'
import { type NewMailing, openMailing, publish } from './mailings.ts'
import { putNotices } from './notices.ts'
import { audit } from './records.ts'
import { BULK, type Room } from './room.ts'
import { deliveryRow, readerOf, watchedOf, watchRows } from './rows.ts'

/**
 * Mailings with dead links that something is to be done about now: all of their links stand still, or one has waited
 * for the others since `quietBefore`.
 */
export async function ripe({ db }: Room, args: { quietBefore: number }): Promise<number[]> {
  const rows = await db
    .selectFrom('watch as w')
    .where('w.state', '=', 'dead')
    .where('w.answer', 'is', null)
    .where((e) =>
      e.or([
        e('w.dead_at', 'is', null),
        e('w.dead_at', '<=', args.quietBefore),
        e.not(
          e.exists(
            e
              .selectFrom('watch as o')
              .whereRef('o.mailing_id', '=', 'w.mailing_id')
              .where('o.state', 'in', ['failing', 'alert'])
              .where('o.due_at', 'is not', null)
              .select('o.link_id'),
          ),
        ),
      ]),
    )
    .select('w.mailing_id')
    .distinct()
    .limit(50)
    .execute()
  return rows.map((row) => row.mailing_id)
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
  args: { mailing: number; edition: number; after: number; domain?: string | null },
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
    .$if(typeof args.domain === 'string', (q) => q.where(atDomain(args.domain ?? '')))
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

/** By where the copy was sent: a gateway harms what comes to it, whatever the person's address is by now. */
const atDomain = (domain: string) => sql<boolean>`lower(d.address) like ${`%@${domain.toLowerCase()}`}`

/** Who holds each handed edition of a mailing that has one of these links (any edition, for none), and who would get a corrigendum. */
export async function holderCounts(
  { db }: Room,
  args: { mailing: number; links: readonly number[]; domain: string | null },
): Promise<HolderCounts[]> {
  const sum = (condition: RawBuilder<boolean>) =>
    sql<number>`coalesce(sum(case when ${condition} then 1 else 0 end), 0)`
  const erased = sql<boolean>`p.address is null`
  const suppressed = sql<boolean>`p.address is not null and x.at is not null`
  const unsubscribed = sql<boolean>`p.address is not null and x.at is null and m.list_id is not null and (s.state is null or s.state <> 'subscribed')`
  const open = sql<boolean>`p.address is not null and x.at is null and (m.list_id is null or s.state = 'subscribed')`
  const here = args.domain === null ? sql<boolean>`1 = 1` : atDomain(args.domain)
  // Every one of the links is in hand for this person: nothing is owed.
  const corrected =
    args.links.length === 0
      ? sql<boolean>`1 = 0`
      : sql<boolean>`(select count(*) from correction k where k.subscriber_id = d.subscriber_id and k.mailing_id = d.mailing_id
          and k.link_id in (${sql.join([...args.links])})) >= (select count(distinct pl.link_id) from place pl
          where pl.edition_id = d.edition_id and pl.link_id in (${sql.join([...args.links])}))`
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .leftJoin('subscriber as p', 'p.id', 'd.subscriber_id')
    .leftJoin('subscription as s', (join) =>
      join.onRef('s.list_id', '=', 'm.list_id').onRef('s.subscriber_id', '=', 'd.subscriber_id'),
    )
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('d.mailing_id', '=', args.mailing)
    .where('d.role', '=', 'reader')
    .where('d.edition_id', 'is not', null)
    .where('d.state', 'in', ['accepted', 'uncertain'])
    .$if(args.links.length > 0, (q) =>
      q.where('d.edition_id', 'in', (e) =>
        e
          .selectFrom('place as pe')
          .where('pe.link_id', 'in', [...args.links])
          .select('pe.edition_id'),
      ),
    )
    .groupBy('d.edition_id')
    .orderBy('d.edition_id')
    .select([
      'd.edition_id',
      sql<number>`count(*)`.as('holders'),
      sum(erased).as('erased'),
      sum(suppressed).as('suppressed'),
      sum(unsubscribed).as('unsubscribed'),
      sum(sql<boolean>`${open} and not (${here})`).as('elsewhere'),
      sum(sql<boolean>`${open} and ${here} and ${corrected}`).as('corrected'),
      sum(sql<boolean>`${open} and ${here} and not (${corrected})`).as('people'),
    ])
    .execute()
  return rows.map((row) => ({
    edition: row.edition_id ?? 0,
    holders: Number(row.holders),
    unsubscribed: Number(row.unsubscribed),
    suppressed: Number(row.suppressed),
    erased: Number(row.erased),
    elsewhere: Number(row.elsewhere),
    corrected: Number(row.corrected),
    people: Number(row.people),
  }))
}

/** The links that a corrigendum is for, as its original's watch has them. */
export async function answered({ db }: Room, args: { corrigendum: number }): Promise<Watched[]> {
  const rows = await watchRows(db)
    .innerJoin('answers as a', 'a.link_id', 'w.link_id')
    .innerJoin('mailing as c', (join) =>
      join.onRef('c.id', '=', 'a.corrigendum_id').onRef('c.corrects_mailing', '=', 'w.mailing_id'),
    )
    .where('a.corrigendum_id', '=', args.corrigendum)
    .orderBy('w.link_id')
    .execute()
  return rows.map(watchedOf)
}

/**
 * Copies of announcements, or of `mailing` itself, that these people hold and that carry one of these links, oldest
 * first. A copy whose own mailing has a corrigendum for such a link that has not left yet is told by `waits`.
 */
export async function copiesOf(
  { db }: Room,
  args: { subscribers: readonly number[]; links: readonly number[]; mailing: number },
): Promise<(HeldCopy & { readonly waits: boolean })[]> {
  if (args.subscribers.length === 0 || args.links.length === 0) return []
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .innerJoin('place as pl', 'pl.edition_id', 'd.edition_id')
    .where('d.subscriber_id', 'in', [...args.subscribers])
    .where('d.role', '=', 'reader')
    .where('d.state', 'in', ['accepted', 'uncertain'])
    .where('pl.link_id', 'in', [...args.links])
    .where((e) => e.or([e('m.kind', '=', 'announcement'), e('m.id', '=', args.mailing)]))
    .orderBy('d.mailing_id')
    .groupBy(['d.subscriber_id', 'd.mailing_id', 'd.edition_id', 'd.n', 'pl.link_id'])
    .select(['d.subscriber_id', 'd.mailing_id', 'd.edition_id', 'd.n', 'pl.link_id'])
    .select((e) =>
      e
        .exists(
          e
            .selectFrom('mailing as c')
            .innerJoin('answers as a', 'a.corrigendum_id', 'c.id')
            .whereRef('c.corrects_mailing', '=', 'd.mailing_id')
            .whereRef('c.corrects_edition', '=', 'd.edition_id')
            .whereRef('a.link_id', '=', 'pl.link_id')
            .where('c.state', '=', 'scheduled')
            .where('c.published_at', 'is', null)
            .where('c.domain', 'is', null)
            .select('c.id'),
        )
        .as('waits'),
    )
    .execute()
  const copies = new Map<string, HeldCopy & { links: number[]; waits: boolean }>()
  for (const row of rows) {
    const key = `${row.subscriber_id} ${row.mailing_id}`
    const known = copies.get(key)
    if (known) {
      known.links.push(row.link_id)
      known.waits ||= Boolean(row.waits)
    } else {
      copies.set(key, {
        subscriber: row.subscriber_id ?? 0,
        mailing: row.mailing_id,
        edition: row.edition_id ?? 0,
        n: row.n,
        links: [row.link_id],
        waits: Boolean(row.waits),
      })
    }
  }
  return [...copies.values()]
}

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
 * Opens the corrigenda of one mailing and writes down what was done about its links, in one commit: a worker that dies
 * leaves all of it or nothing. `fresh`: only where none of the links was answered meanwhile; null then. The notices may
 * name the corrigenda as `%CORRIGENDUM%`.
 */
export async function openCorrigenda(
  room: Room,
  args: {
    mailing: number
    made: readonly NewMailing[]
    /** The web copy alone: they are done, and go to nobody. */
    webOnly: boolean
    links: readonly number[]
    answer: Answer
    fresh: boolean
    who: string
    detail: string
    notices: readonly NoticeStart[]
    now: number
  },
): Promise<number[] | null> {
  const { db } = room
  if (args.fresh && args.links.length > 0) {
    const open = await db
      .selectFrom('watch')
      .select('link_id')
      .where('mailing_id', '=', args.mailing)
      .where('link_id', 'in', [...args.links])
      .where('state', '=', 'dead')
      .where('answer', 'is', null)
      .execute()
    if (open.length < args.links.length) return null
  }
  const made: number[] = []
  for (const one of args.made) made.push(await openMailing(room, one))
  if (args.webOnly && made.length > 0) {
    await db
      .updateTable('mailing')
      .set({
        state: 'done',
        state_why: 'for the web copy alone',
        published_at: args.now,
        finished_at: args.now,
        audience: 0,
      })
      .where('id', 'in', made)
      .execute()
    await db.updateTable('watch').set({ due_at: null }).where('mailing_id', 'in', made).execute()
  }
  if (args.links.length > 0) {
    await answerDead(room, { ...args, corrigendum: made.at(-1) ?? null })
  }
  const named = made.join(', ')
  await audit(room, {
    at: args.now,
    who: args.who,
    what: made.length > 0 ? `corrigendum ${named}` : args.answer,
    mailing: args.mailing,
    detail: args.detail,
  })
  const fill = (text: string): string => text.replaceAll('%CORRIGENDUM%', named)
  const notices = args.notices.map((n) => ({
    ...n,
    topic: fill(n.topic),
    subject: fill(n.subject),
    body: fill(n.body),
    facts: { ...n.facts, ...(made.length > 0 ? { corrigendum: made[0] ?? null } : {}) },
  }))
  await putNotices(db, notices, args.now)
  return made
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
  return later
}

/** Stops a corrigendum before it leaves, for good: its links are not asked about again while they stay dead. Gives the state it was in. */
export async function veto(
  room: Room,
  args: { corrigendum: number; who: string; now: number },
): Promise<string | null> {
  const { db } = room
  const row = await db
    .selectFrom('mailing')
    .select(['state', 'kind', 'corrects_mailing'])
    .where('id', '=', args.corrigendum)
    .executeTakeFirst()
  if (row?.kind !== 'corrigendum' || row.corrects_mailing === null) return null
  if (row.state !== 'scheduled' && row.state !== 'held') return row.state
  const why = `vetoed by ${args.who}`
  await db
    .updateTable('mailing')
    .set({ state: 'cancelled', state_why: why, finished_at: args.now, held_by: null, line_at: null })
    .where('id', '=', args.corrigendum)
    .execute()
  await db
    .updateTable('watch')
    .set({ answer: 'vetoed' })
    .where('mailing_id', '=', row.corrects_mailing)
    .where('corrigendum_id', '=', args.corrigendum)
    .execute()
  await audit(room, {
    at: args.now,
    who: args.who,
    what: `corrigendum ${args.corrigendum} vetoed`,
    mailing: row.corrects_mailing,
    detail: '',
  })
  return row.state
}

/** Takes back what a cancelled corrigendum had promised. */
export async function dropCorrections({ db }: Room, args: { corrigendum: number }): Promise<void> {
  await db.deleteFrom('correction').where('corrigendum_id', '=', args.corrigendum).execute()
}
