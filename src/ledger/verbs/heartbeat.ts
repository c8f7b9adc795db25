/** Who is alive, and what the last sign of life tells of the clock. */
import type { Room } from './room.ts'

export interface Heartbeat {
  readonly pid: number
  readonly at: number
  /** What stands in the way just now (the relay is down, Redis is away); empty when nothing does. */
  readonly note: string
}

/** Two beats may be told in another order; a clock that jumps back by more is set. Milliseconds. */
const SET_BACK = 60_000

/** A worker's sign of life. The one before it tells whether the clock was set back meanwhile. */
export async function beat(room: Room, args: { name: string; pid: number; at: number; note: string }): Promise<void> {
  const { db } = room
  const last = await heartbeat(room, args)
  if (last && args.at > 0 && last.at - args.at > SET_BACK) await clockSetBack(db, args.at)
  await db
    .insertInto('heartbeat')
    .values(args)
    .onConflict((c) => c.column('name').doUpdateSet({ pid: args.pid, at: args.at, note: args.note }))
    .execute()
}

export async function heartbeat({ db }: Room, args: { name: string }): Promise<Heartbeat | null> {
  const row = await db
    .selectFrom('heartbeat')
    .where('name', '=', args.name)
    .select(['pid', 'at', 'note'])
    .executeTakeFirst()
  return row ?? null
}

/** The clock was set back: what was looked at in a time that is yet to come is looked at now, and not only then. */
async function clockSetBack(db: Room['db'], now: number): Promise<void> {
  await db
    .updateTable('watch')
    .set({ due_at: now })
    .where('due_at', '>', now)
    .where('link_id', 'in', (e) => e.selectFrom('look').select('link_id').where('at', '>', now))
    .execute()
}
