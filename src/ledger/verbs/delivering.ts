/**
 * The work list and its fences: due, claim, renew, release. What happens per message (hand and settle) is protocol.ts's.
 *
 * A chunk is leased and fenced by its epoch; the delivery row is not claimed. Whoever claims a chunk raises its epoch,
 * and every later word of an older owner falls on deaf ears.
 */
import { type ExpressionBuilder, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Claim, DueDelivery, Role } from '../words.ts'
import type { Room } from './room.ts'
import { closeOpenRows, mailingOf, mailingRows } from './rows.ts'

export interface DueChunk {
  readonly chunk: number
  readonly epoch: number
}

/** Chunks of running mailings that have work now and no living owner: one index probe. */
export async function dueChunks({ db, clock }: Room, args: { now: number; limit: number }): Promise<DueChunk[]> {
  return await db
    .selectFrom('chunk as c')
    .innerJoin('mailing as m', 'm.id', 'c.mailing_id')
    .where('c.due_at', '<=', args.now)
    .where((e) =>
      e.or([
        e.and([e('m.state', '=', 'running'), e('c.role', '<>', 'seed')]),
        e.and([e('m.state', '=', 'proving'), e('c.role', '=', 'seed')]),
        // The last seed's copy leaves when nobody waits before it any more.
        e.and([e('m.state', '=', 'running'), e('c.role', '=', 'seed'), e.not(e.exists(readersWaiting(e)))]),
      ]),
    )
    .where((e) => e.or([e('c.lease_until', 'is', null), e('c.lease_until', '<', clock)]))
    .orderBy('c.due_at')
    .orderBy('c.id')
    .limit(args.limit)
    .select(['c.id as chunk', 'c.epoch'])
    .execute()
}

const readersWaiting = (e: ExpressionBuilder<Schema & { c: Schema['chunk'] }, 'c'>) =>
  e
    .selectFrom('chunk as o')
    .whereRef('o.mailing_id', '=', 'c.mailing_id')
    .where('o.role', '<>', 'seed')
    .where((w) => w.or([w('o.pending', '>', 0), w('o.handed', '>', 0)]))
    .select('o.id')

/**
 * Takes a chunk: a new epoch, a lease by the database's clock, and in the same commit every row that an older epoch
 * left handed becomes uncertain, because nobody can tell any more whether its dot was sent. Null: nothing to take.
 */
export async function claim(
  { db, clock }: Room,
  args: { chunk: number; owner: string; leaseMs: number; now: number; certificateAge: number },
): Promise<Claim | 'uncertified' | null> {
  const chunk = await db
    .updateTable('chunk')
    .set({ epoch: sql<number>`epoch + 1`, owner: args.owner, lease_until: sql<number>`${clock} + ${args.leaseMs}` })
    .where('id', '=', args.chunk)
    .where('due_at', '<=', args.now)
    .where((e) => e.or([e('lease_until', 'is', null), e('lease_until', '<', clock)]))
    .where(sql<boolean>`exists (select 1 from mailing m where m.id = chunk.mailing_id
        and (m.state = 'running' or (m.state = 'proving' and chunk.role = 'seed')))`)
    .returning(['id', 'mailing_id', 'first_n', 'last_n', 'epoch', 'role'])
    .executeTakeFirst()
  if (!chunk) return null
  await parkStaleHands(db, chunk, args.now)
  const row = await mailingRows(db)
    .innerJoin('edition as ed', 'ed.id', 'm.edition_id')
    .leftJoin('certificate as ce', 'ce.digest', 'ed.digest')
    .where('m.id', '=', chunk.mailing_id)
    .select(['ce.at as certified_at', 'm.expires_at'])
    .executeTakeFirstOrThrow()
  const mailing = mailingOf(row)
  if (row.expires_at <= args.now) {
    await closeOpenRows(db, { ...chunk, mailing: mailing.id, to: 'expired', now: args.now })
    return { chunk: chunk.id, epoch: chunk.epoch, mailing, rows: [] }
  }
  // The certificate must be fresh when a mailing begins; once it runs, the watch answers for its links.
  const freshSince = (mailing.startedAt ?? args.now) - args.certificateAge
  if (row.certified_at === null || row.certified_at < freshSince) {
    await db
      .updateTable('mailing')
      .set({ state: 'held', state_why: 'its edition has no fresh certificate of the gate' })
      .where('id', '=', mailing.id)
      .execute()
    await db.updateTable('chunk').set({ owner: null, lease_until: null }).where('id', '=', chunk.id).execute()
    return 'uncertified'
  }
  return { chunk: chunk.id, epoch: chunk.epoch, mailing, rows: await dueRows(db, chunk, args.now) }
}

interface ChunkRow {
  readonly id: number
  readonly mailing_id: number
  readonly first_n: number
  readonly last_n: number
}

async function parkStaleHands(db: Room['db'], chunk: ChunkRow, now: number): Promise<void> {
  const stale = await db
    .updateTable('delivery')
    .set({ state: 'uncertain', state_at: now, reply_text: 'the worker ended after the message was handed over' })
    .where('mailing_id', '=', chunk.mailing_id)
    .where('n', '>=', chunk.first_n)
    .where('n', '<=', chunk.last_n)
    .where('state', '=', 'handed')
    .returning('n')
    .execute()
  if (stale.length === 0) return
  await sql`update chunk set handed = handed - ${stale.length}, uncertain = uncertain + ${stale.length}
    where id = ${chunk.id}`.execute(db)
  for (const { n } of stale) {
    await db.deleteFrom('retry').where('mailing_id', '=', chunk.mailing_id).where('n', '=', n).execute()
  }
}

/**
 * Frees the chunks of an owner who is certainly dead, as its parent knows at once and the lease only after a minute.
 * The next claim finds what it had in hand. Gives how many there were.
 */
export async function disown({ db }: Room, args: { owner: string }): Promise<number> {
  const freed = await db
    .updateTable('chunk')
    .set({ owner: null, lease_until: null })
    .where('owner', '=', args.owner)
    .where('lease_until', 'is not', null)
    .executeTakeFirst()
  return Number(freed.numUpdatedRows)
}

/**
 * What a dead owner left handed in a mailing that is held or cancelled: no claim will come and find it, and a
 * corrigendum waits until nothing is in hand. One chunk a call; false when none is left.
 */
export async function parkLapsed({ db, clock }: Room, args: { now: number }): Promise<boolean> {
  const chunk = await db
    .selectFrom('chunk as c')
    .innerJoin('mailing as m', 'm.id', 'c.mailing_id')
    .where('c.due_at', 'is not', null)
    .where('c.handed', '>', 0)
    .where('m.state', 'in', ['held', 'cancelled'])
    .where((e) => e.or([e('c.lease_until', 'is', null), e('c.lease_until', '<', clock)]))
    .limit(1)
    .select(['c.id', 'c.mailing_id', 'c.first_n', 'c.last_n'])
    .executeTakeFirst()
  if (!chunk) return false
  // A new epoch, as for a claim: an owner who was only slow must not settle what is parked now.
  await db
    .updateTable('chunk')
    .set({ epoch: sql<number>`epoch + 1`, owner: null, lease_until: null })
    .where('id', '=', chunk.id)
    .execute()
  await parkStaleHands(db, chunk, args.now)
  return true
}

async function dueRows(db: Room['db'], chunk: ChunkRow, now: number): Promise<DueDelivery[]> {
  const rows = await db
    .selectFrom('delivery as d')
    .leftJoin('retry as r', (join) => join.onRef('r.mailing_id', '=', 'd.mailing_id').onRef('r.n', '=', 'd.n'))
    .where('d.mailing_id', '=', chunk.mailing_id)
    .where('d.n', '>=', chunk.first_n)
    .where('d.n', '<=', chunk.last_n)
    .where((e) =>
      e.or([e('d.state', '=', 'pending'), e.and([e('d.state', '=', 'deferred'), e('r.due_at', '<=', now)])]),
    )
    .orderBy('d.n')
    .select([
      'd.n',
      'd.role',
      'd.subscriber_id',
      'd.list_id',
      'd.address',
      'd.fields',
      'd.in_reply_to',
      'd.refs',
      'd.tries',
    ])
    .execute()
  return rows.map((row) => ({
    n: row.n,
    role: row.role as Role,
    subscriber: row.subscriber_id,
    list: row.list_id,
    address: row.address,
    fields: JSON.parse(row.fields) as Record<string, string>,
    inReplyTo: row.in_reply_to,
    references: row.refs === '' ? [] : row.refs.split(' '),
    tries: row.tries,
  }))
}

/** Keeps a lease while its owner waits for something longer than a message takes. False: it is not ours any more. */
export async function renew(
  { db, clock }: Room,
  args: { chunk: number; epoch: number; leaseMs: number },
): Promise<boolean> {
  const row = await db
    .updateTable('chunk')
    .set({ lease_until: sql<number>`${clock} + ${args.leaseMs}` })
    .where('id', '=', args.chunk)
    .where('epoch', '=', args.epoch)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Gives a chunk back. It is due again when its next row is: at once where rows are pending, at the earliest retry
 * where some are deferred, never where all have ended; and not before `notBefore` (a relay that is down). The mailing
 * is done with its last chunk.
 */
export async function release(
  { db }: Room,
  args: { chunk: number; epoch: number; notBefore: number; now: number },
): Promise<void> {
  const chunk = await db
    .selectFrom('chunk')
    .select(['id', 'mailing_id', 'pending', 'deferred'])
    .where('id', '=', args.chunk)
    .where('epoch', '=', args.epoch)
    .executeTakeFirst()
  if (!chunk) return
  const dueAt = await nextDue(db, chunk, args)
  await db
    .updateTable('chunk')
    .set({ owner: null, lease_until: null, due_at: dueAt })
    .where('id', '=', chunk.id)
    .execute()
  if (dueAt === null) await finish(db, chunk.mailing_id, args.now)
}

async function nextDue(
  db: Room['db'],
  chunk: { id: number; pending: number; deferred: number },
  args: { notBefore: number; now: number },
): Promise<number | null> {
  if (chunk.pending > 0) return Math.max(args.now, args.notBefore)
  if (chunk.deferred === 0) return null
  const next = await db
    .selectFrom('retry')
    .select('due_at')
    .where('chunk_id', '=', chunk.id)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst()
  return Math.max(next?.due_at ?? args.now, args.notBefore)
}

/** running → done, once no chunk is due any more. */
export async function finish(db: Room['db'], mailing: number, now: number): Promise<void> {
  // Locks the mailing: two lanes that end at once would each see the chunk of the other still due on PostgreSQL, and
  // nobody would say that it is done. Whoever comes second looks after the commit of the first.
  await db
    .updateTable('mailing')
    .set((eb) => ({ state: eb.ref('state') }))
    .where('id', '=', mailing)
    .where('state', '=', 'running')
    .execute()
  const open = await db
    .selectFrom('chunk')
    .select('id')
    .where('mailing_id', '=', mailing)
    .where('due_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  if (open) return
  await db
    .updateTable('mailing')
    .set({ state: 'done', finished_at: now })
    .where('id', '=', mailing)
    .where('state', '=', 'running')
    .execute()
}
