/** What the team is told: written in the commit of what there is to tell, mailed and posted when it is due. */
import { sql } from 'kysely'
import type { Notice, NoticeStart } from '../words.ts'
import { openRunning } from './opening.ts'
import type { Room } from './room.ts'

/** Adds notices; one whose topic was told before is none. Gives how many are new. */
export async function putNotices(db: Room['db'], notices: readonly NoticeStart[], now: number): Promise<number> {
  let fresh = 0
  for (const { topic, kind, mailing, link, subject, body, facts, remind } of notices) {
    const put = await db
      .insertInto('notice')
      .values({
        topic,
        kind,
        mailing_id: mailing,
        link_id: link,
        subject,
        body,
        facts: JSON.stringify(facts),
        at: now,
        due_at: now,
        remind: remind ? 1 : 0,
        closed_at: null,
        hook_at: now,
      })
      .onConflict((c) => c.column('topic').doNothing())
      .executeTakeFirst()
    fresh += Number(put.numInsertedOrUpdatedRows ?? 0)
  }
  return fresh
}

export async function putNotice({ db }: Room, args: { notice: NoticeStart; now: number }): Promise<void> {
  await putNotices(db, [args.notice], args.now)
}

const rows = (db: Room['db']) => db.selectFrom('notice').selectAll().orderBy('id')

type Row = Awaited<ReturnType<ReturnType<typeof rows>['execute']>>[number]

const noticeOf = (row: Row): Notice => ({
  id: row.id,
  topic: row.topic,
  kind: row.kind,
  mailing: row.mailing_id,
  link: row.link_id,
  subject: row.subject,
  body: row.body,
  facts: JSON.parse(row.facts) as Notice['facts'],
  remind: row.remind !== 0,
  at: row.at,
  dueAt: row.due_at,
  times: row.times,
  closedAt: row.closed_at,
  hookTries: row.hook_tries,
})

const AT_ONCE = 20

/** Whether there is a notice to be mailed or posted now: one probe of each index. */
export async function toTell({ db }: Room, args: { now: number }): Promise<boolean> {
  for (const due of ['due_at', 'hook_at'] as const) {
    if (await db.selectFrom('notice').where(due, '<=', args.now).select('id').limit(1).executeTakeFirst()) return true
  }
  return false
}

/** Notices to be mailed now. */
export async function dueNotices({ db }: Room, args: { now: number }): Promise<Notice[]> {
  return (await rows(db).where('due_at', '<=', args.now).limit(AT_ONCE).execute()).map(noticeOf)
}

/** Notices to be posted to the web hook now. */
export async function dueHooks({ db }: Room, args: { now: number }): Promise<Notice[]> {
  return (await rows(db).where('hook_at', '<=', args.now).limit(AT_ONCE).execute()).map(noticeOf)
}

/** What was told of a mailing, or, without one, what is asked and not answered yet. */
export async function noticesOf({ db }: Room, args: { mailing: number | null }): Promise<Notice[]> {
  const asked =
    args.mailing === null
      ? rows(db).where('remind', '=', 1).where('closed_at', 'is', null)
      : rows(db).where('mailing_id', '=', args.mailing)
  return (await asked.execute()).map(noticeOf)
}

/** Nothing (more) is mailed of it before `dueAt`; null: never. `closed`: it is answered. */
export async function noticeDone(
  { db }: Room,
  args: { id: number; dueAt: number | null; closed: boolean; now: number },
): Promise<void> {
  await db
    .updateTable('notice')
    .set(args.closed ? { due_at: null, closed_at: args.now } : { due_at: args.dueAt })
    .where('id', '=', args.id)
    .execute()
}

/** A post was made (`at` null), or is to be tried again. */
export async function hooked({ db }: Room, args: { id: number; at: number | null; tries: number }): Promise<void> {
  await db.updateTable('notice').set({ hook_at: args.at, hook_tries: args.tries }).where('id', '=', args.id).execute()
}

/**
 * Mails a notice: its mailing to the team, running at once, in the commit that says it was told. False: it was told
 * meanwhile.
 */
export async function mailNotice(
  { db }: Room,
  args: {
    id: number
    times: number
    edition: number
    to: readonly string[]
    now: number
    expiresAt: number
    nextAt: number | null
  },
): Promise<boolean> {
  const mine = await db
    .updateTable('notice')
    .set({ times: args.times + 1, due_at: args.nextAt })
    .where('id', '=', args.id)
    .where('times', '=', args.times)
    .where('due_at', 'is not', null)
    .executeTakeFirst()
  if (Number(mine.numUpdatedRows) === 0) return false
  await openRunning(db, {
    kind: 'notice',
    edition: args.edition,
    role: 'team',
    now: args.now,
    expiresAt: args.expiresAt,
    rows: args.to.map((address) => ({ address, fields: {}, subscriber: null })),
  })
  return true
}

/** Links of one site under watch, and how each stands: whether a host fails as a whole. `origin` as in a URL. */
export async function linksOfSite(
  { db }: Room,
  args: { origin: string },
): Promise<{ href: string; state: string; since: number | null; cause: string | null; lastLook: number | null }[]> {
  return await db
    .selectFrom('link as l')
    .innerJoin('watch as w', 'w.link_id', 'l.id')
    .where('l.origin', '=', args.origin)
    .where('w.due_at', 'is not', null)
    .select((e) => [
      'l.href',
      'w.state',
      'w.since',
      'w.cause',
      e
        .selectFrom('look as k')
        .whereRef('k.link_id', '=', 'l.id')
        .where('k.slot', 'is not', null)
        .select(sql<number | null>`max(k.at)`.as('at'))
        .as('lastLook'),
    ])
    .limit(500)
    .execute()
}
