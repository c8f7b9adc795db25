/** How much there is to do, for whoever watches the program from outside. Sums and counts, nobody's name. */
import { sql } from 'kysely'
import { type Counts, DELIVERY_STATES, type MailingState } from '../words.ts'
import { restingReceivers } from './receivers.ts'
import type { Room } from './room.ts'

export interface LedgerFacts {
  /** All deliveries there ever were, by state. */
  readonly deliveries: Counts
  readonly mailings: Readonly<Partial<Record<MailingState, number>>>
  /** Chunks that a lane has now, over all workers. */
  readonly leased: number
  /** Receivers that mail waits for. */
  readonly resting: number
  /** What is due and waits for a lane, a look, or a beginning: how many, and since when the first (null: none). */
  readonly due: Readonly<
    Record<'chunks' | 'looks' | 'mailings', { readonly count: number; readonly oldest: number | null }>
  >
}

export async function facts(room: Room, args: { now: number }): Promise<LedgerFacts> {
  const { db, clock } = room
  const sums = await db
    .selectFrom('chunk')
    .select(DELIVERY_STATES.map((state) => sql<number>`coalesce(sum(${sql.ref(state)}), 0)`.as(state)))
    .select(sql<number>`coalesce(sum(case when lease_until >= ${clock} then 1 else 0 end), 0)`.as('leased'))
    .executeTakeFirstOrThrow()
  const mailings = await db
    .selectFrom('mailing')
    .groupBy('state')
    .select(['state', sql<number>`count(*)`.as('n')])
    .execute()
  const chunks = await db
    .selectFrom('chunk as c')
    .innerJoin('mailing as m', 'm.id', 'c.mailing_id')
    .where('c.due_at', '<=', args.now)
    .where('m.state', 'in', ['running', 'proving'])
    .where((e) => e.or([e('c.lease_until', 'is', null), e('c.lease_until', '<', clock)]))
    .select([sql<number>`count(*)`.as('count'), sql<number | null>`min(c.due_at)`.as('oldest')])
    .executeTakeFirstOrThrow()
  const looks = await db
    .selectFrom('watch')
    .where('due_at', '<=', args.now)
    .select([sql<number>`count(*)`.as('count'), sql<number | null>`min(due_at)`.as('oldest')])
    .executeTakeFirstOrThrow()
  const beginnings = await db
    .selectFrom('mailing')
    .where('state', '=', 'scheduled')
    .where('due_at', '<=', args.now)
    .select([sql<number>`count(*)`.as('count'), sql<number | null>`min(due_at)`.as('oldest')])
    .executeTakeFirstOrThrow()
  const resting = await restingReceivers(room, args)
  return {
    deliveries: Object.fromEntries(DELIVERY_STATES.map((state) => [state, Number(sums[state])])) as Counts,
    mailings: Object.fromEntries(mailings.map(({ state, n }) => [state, Number(n)])),
    leased: Number(sums.leased),
    resting: resting.length,
    due: { chunks: due(chunks), looks: due(looks), mailings: due(beginnings) },
  }
}

const due = ({ count, oldest }: { count: number; oldest: number | null }) => ({
  count: Number(count),
  oldest: oldest === null ? null : Number(oldest),
})
