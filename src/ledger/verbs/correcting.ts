/** What is done about dead links: the ledger's side of making a corrigendum, and of stopping it. */
import { sql } from 'kysely'
import type { Answer, NoticeStart, Watched } from '../words.ts'
import { cancel } from './mailings.ts'
import { putNotices } from './notices.ts'
import { type NewMailing, openMailing } from './opening.ts'
import { audit } from './records.ts'
import type { Room } from './room.ts'
import { watchedOf, watchRows } from './rows.ts'

/**
 * Mailings with dead links that something is to be done about now: all of their links stand still, or one has waited
 * for the others since `quietBefore`.
 */
export async function ripe({ db }: Room, args: { quietBefore: number; now: number }): Promise<number[]> {
  const rows = await db
    .selectFrom('watch as w')
    .where('w.state', '=', 'dead')
    .where('w.answer', 'is', null)
    // A restored ledger does not know which corrigenda left since.
    .where((e) => e.not(e.exists(e.selectFrom('generation').select('n').where('restored_at', 'is not', null))))
    .where((e) => e.or([e('w.correct_at', 'is', null), e('w.correct_at', '<=', args.now)]))
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
/**
 * A corrigendum for these links cannot leave before `again`, because of neighbours: in one commit with the looks at
 * them that are wanted now. `corrigendum`: the one that is made already, and now leaves later.
 */
export async function stall(
  { db }: Room,
  args: {
    mailing: number
    links: readonly number[]
    corrigendum: number | null
    /** To be looked at now. */
    look: readonly { readonly mailing: number; readonly link: number }[]
    again: number
    notices: readonly NoticeStart[]
    now: number
  },
): Promise<void> {
  const since = sql<number>`coalesce(stalled_at, cast(${args.now} as bigint))`
  await db
    .updateTable('watch')
    .set({ stalled_at: since, correct_at: args.again })
    .where('mailing_id', '=', args.mailing)
    .where('link_id', 'in', [...args.links])
    .execute()
  for (const { mailing, link } of args.look) {
    await db
      .updateTable('watch')
      .set({ due_at: args.now })
      .where('mailing_id', '=', mailing)
      .where('link_id', '=', link)
      .where('due_at', 'is not', null)
      .execute()
  }
  if (args.corrigendum !== null) {
    await db
      .updateTable('mailing')
      .set({ due_at: args.again, expires_at: sql<number>`expires_at - due_at + cast(${args.again} as bigint)` })
      .where('id', '=', args.corrigendum)
      .where('state', '=', 'scheduled')
      .execute()
  }
  await putNotices(db, args.notices, args.now)
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

/** Stops a corrigendum before it leaves, for good: its links are not asked about again while they stay dead. Gives the state it was in. */
export async function veto(
  room: Room,
  args: { corrigendum: number; who: string; now: number },
): Promise<string | null> {
  const row = await standing(room, args.corrigendum)
  if (!row) return null
  if (row.state !== 'scheduled' && row.state !== 'held') return row.state
  await cancel(room, { mailing: args.corrigendum, why: `vetoed by ${args.who}`, now: args.now })
  await audit(room, {
    at: args.now,
    who: args.who,
    what: `corrigendum ${args.corrigendum} vetoed`,
    mailing: row.original,
    detail: '',
  })
  return row.state
}

/**
 * Cancels a corrigendum that did not leave: what it had promised is taken back, its links stand unanswered again, and
 * the watch looks at them at once. Until it has seen them alive, another corrigendum would be made and taken back.
 */
export async function takeBack(
  room: Room,
  args: { corrigendum: number; links: readonly number[]; why: string; now: number },
): Promise<void> {
  const { db } = room
  const row = await standing(room, args.corrigendum)
  if (row?.state !== 'scheduled' && row?.state !== 'held') return
  await cancel(room, { mailing: args.corrigendum, why: args.why, now: args.now })
  await db.deleteFrom('correction').where('corrigendum_id', '=', args.corrigendum).execute()
  if (args.links.length === 0) return
  await answerDead(room, { mailing: row.original, links: args.links, answer: null, corrigendum: null })
  await db
    .updateTable('watch')
    .set({ due_at: args.now, correct_at: null })
    .where('mailing_id', '=', row.original)
    .where('link_id', 'in', [...args.links])
    .execute()
}

async function standing({ db }: Room, id: number): Promise<{ state: string; original: number } | null> {
  const row = await db
    .selectFrom('mailing')
    .select(['state', 'kind', 'corrects_mailing'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.kind === 'corrigendum' && row.corrects_mailing !== null
    ? { state: row.state, original: row.corrects_mailing }
    : null
}
