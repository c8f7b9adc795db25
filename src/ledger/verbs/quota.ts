/**
 * DAILY_QUOTA: so many messages over a route in any 24 hours, over all workers. A worker takes a few ahead and gives back
 * what it did not use; what one that was killed had taken stays taken, so a crash may cost a little and never exceeds.
 */
import { sql } from 'kysely'
import type { Room } from './room.ts'

const HOUR = 3_600_000
/** The hour that began 24 hours ago may hold messages younger than a day. */
const HOURS = 25
const LOCK = 0

export interface QuotaTaken {
  /** How many may go; 0: none before `from`. */
  readonly granted: number
  /** The hour they are counted in, for giving back. */
  readonly hour: number
  /** Where none was granted: when the first of the others is a day old, in milliseconds since the epoch. */
  readonly from: number
}

export async function takeQuota(
  { db }: Room,
  args: { route: string; limit: number; want: number; now: number },
): Promise<QuotaTaken> {
  const { route } = args
  const hour = Math.floor(args.now / HOUR)
  // Whoever else takes from this route waits here until our commit.
  await put(db, { route, hour: LOCK, taken: 0 })
  const recent = await db
    .selectFrom('quota')
    .where('route', '=', route)
    .where('hour', '>', hour - HOURS)
    .where('taken', '>', 0)
    .orderBy('hour')
    .select(['hour', 'taken'])
    .execute()
  const used = recent.reduce((sum, { taken }) => sum + Number(taken), 0)
  const granted = Math.max(0, Math.min(args.want, args.limit - used))
  if (granted > 0) await put(db, { route, hour, taken: granted })
  const old = hour - 2 * HOURS
  await db.deleteFrom('quota').where('route', '=', route).where('hour', '<', old).where('hour', '>', LOCK).execute()
  return { granted, hour, from: (Number(recent[0]?.hour ?? hour) + HOURS) * HOUR }
}

/** Gives back what was taken in that hour and not used. */
export async function giveBackQuota({ db }: Room, args: { route: string; hour: number; n: number }): Promise<void> {
  await put(db, { route: args.route, hour: args.hour, taken: -args.n })
}

/** How many may go over a route just now. */
export async function quotaLeft({ db }: Room, args: { route: string; limit: number; now: number }): Promise<number> {
  const row = await db
    .selectFrom('quota')
    .where('route', '=', args.route)
    .where('hour', '>', Math.floor(args.now / HOUR) - HOURS)
    .select(sql<number>`coalesce(sum(taken), 0)`.as('used'))
    .executeTakeFirstOrThrow()
  return Math.max(0, args.limit - Number(row.used))
}

async function put(db: Room['db'], row: { route: string; hour: number; taken: number }): Promise<void> {
  await db
    .insertInto('quota')
    .values(row)
    .onConflict((c) => c.columns(['route', 'hour']).doUpdateSet({ taken: sql<number>`quota.taken + ${row.taken}` }))
    .execute()
}
