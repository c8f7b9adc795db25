/** What is done about dead links: the ledger's side of making a corrigendum, and of stopping it. */
import type { Answer, NoticeStart, Watched } from '../words.ts'
import { type NewMailing, openMailing } from './mailings.ts'
import { putNotices } from './notices.ts'
import { audit } from './records.ts'
import type { Room } from './room.ts'
import { watchedOf, watchRows } from './rows.ts'

/**
 * Mailings with dead links that something is to be done about now: all of their links stand still, or one has waited
 * for the others since `quietBefore`.
 */
export async function ripe({ db }: Room, args: { quietBefore: number }): Promise<number[]> {
  const rows = await db
    .selectFrom('watch as w')
    .where('w.state', '=', 'dead')
    .where('w.answer', 'is', null)
    // A restored ledger does not know which corrigenda left since.
    .where((e) => e.not(e.exists(e.selectFrom('generation').select('n').where('restored_at', 'is not', null))))
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
