/** How much of a mailing comes back, and the stop that follows: once a mailing, in the commit that tells of it. */
import { sql } from 'kysely'
import type { MailingState, NoticeStart } from '../words.ts'
import { hold } from './mailings.ts'
import { putNotices } from './notices.ts'
import type { Room } from './room.ts'

export interface Returns {
  readonly id: number
  readonly subject: string
  readonly kind: string
  readonly state: MailingState
  /** Answered for: accepted, rejected, bounced or uncertain. */
  readonly settled: number
  readonly waiting: number
  /** Refused by the relay, or by the receiver while we were connected. */
  readonly rejected: number
  /** Of those that came back later: the address is at fault; policy or content. */
  readonly hard: number
  readonly refused: number
  readonly complaints: number
  /** The team was told that more complain than should. */
  readonly warned: boolean
}

/** Of one mailing, or (null) of all that run and are for a list. One that was told of before is left out. */
export async function returns({ db }: Room, args: { mailing: number | null }): Promise<Returns[]> {
  const sum = (...states: string[]) =>
    sql<number>`coalesce(sum(${sql.join(
      states.map((state) => sql.ref(`c.${state}`)),
      sql` + `,
    )}), 0)`
  const rows = await db
    .selectFrom('mailing as m')
    .innerJoin('chunk as c', 'c.mailing_id', 'm.id')
    .innerJoin('edition as e', 'e.id', 'm.edition_id')
    .where('m.kind', 'in', ['announcement', 'corrigendum'])
    .where((e) => (args.mailing === null ? e('m.state', '=', 'running') : e('m.id', '=', args.mailing)))
    .where((e) =>
      e.not(e.exists(e.selectFrom('notice as n').whereRef('n.topic', '=', topicOf('returns')).select('n.id'))),
    )
    .groupBy(['m.id', 'm.kind', 'm.state', 'e.subject'])
    .select(['m.id', 'm.kind', 'm.state', 'e.subject'])
    .select([
      sum('accepted', 'rejected', 'bounced', 'uncertain').as('settled'),
      sum('pending', 'deferred').as('waiting'),
      sum('rejected').as('rejected'),
      (e) =>
        e
          .exists(e.selectFrom('notice as n').whereRef('n.topic', '=', topicOf('complaints')).select('n.id'))
          .as('warned'),
    ])
    .execute()
  return await Promise.all(
    rows.map(async (row) => ({
      ...row,
      state: row.state as MailingState,
      settled: Number(row.settled),
      waiting: Number(row.waiting),
      rejected: Number(row.rejected),
      warned: Boolean(row.warned),
      ...(await reported(db, row.id)),
    })),
  )
}

/** As `returnsTopic` and `complaintsTopic` write it. */
const topicOf = (of: 'returns' | 'complaints') => sql<string>`${sql.lit(`${of} `)} || m.id`

async function reported(db: Room['db'], mailing: number) {
  const rows = await db
    .selectFrom('bounce')
    .where('mailing_id', '=', mailing)
    .groupBy('verdict')
    .select(['verdict', (e) => e.fn.countAll<number>().as('count')])
    .execute()
  const count = (...verdicts: string[]): number =>
    rows.filter((row) => verdicts.includes(row.verdict)).reduce((all, row) => all + Number(row.count), 0)
  return {
    hard: count('hard', 'text'),
    refused: count('refused'),
    complaints: count('complaint'),
  }
}

/** Holds a mailing that may still be held, and tells of it. False: it was told before, and nothing is done. */
export async function stopForReturns(
  room: Room,
  args: { mailing: number; why: string; notice: NoticeStart; now: number },
): Promise<boolean> {
  // Two workers may find the same at once: the topic is there once, and whoever put it acts on it.
  if ((await putNotices(room.db, [args.notice], args.now)) === 0) return false
  await hold(room, { mailing: args.mailing, why: args.why })
  return true
}
