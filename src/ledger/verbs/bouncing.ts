/**
 * What came back of a copy, and what follows for the person: suppressed, put in quarantine, or left alone. One commit
 * for the row, the chunk's counts, the suppression and the record. The same report twice changes nothing more.
 */
import { sql } from 'kysely'
import { tellAgain } from './messages.ts'
import { audit } from './records.ts'
import type { Room } from './room.ts'

/**
 * hard: the address is at fault, by an enhanced code · text: by words alone · soft: it may pass · refused: policy or
 * content, which is no fault of the address · complaint: the reader does not want it.
 */
export type BounceVerdict = 'hard' | 'text' | 'soft' | 'refused' | 'complaint'

export interface Bounce {
  readonly mailing: number
  readonly n: number
  readonly verdict: BounceVerdict
  readonly status: string | null
  readonly reason: string | null
  readonly diagnostic: string | null
  readonly who: string
  readonly now: number
}

/**
 * unknown: no such copy, or it never left · early: it is just being handed over, so ask again · late: too long ago ·
 * again: known already.
 */
export type BounceEffect = 'unknown' | 'early' | 'late' | 'again' | 'recorded' | 'suppressed' | 'quarantined'

const DAY = 86_400_000
const LIFE = 90 * DAY
const SOFT = { editions: 3, over: 15 * DAY, quarantine: 90 * DAY } as const
const BY_TEXT = 2

export async function recordBounce(room: Room, args: Bounce): Promise<BounceEffect> {
  const { db } = room
  const copy = await db
    .selectFrom('delivery')
    .select(['state', 'state_at', 'edition_id', 'subscriber_id', 'address'])
    .where('mailing_id', '=', args.mailing)
    .where('n', '=', args.n)
    .executeTakeFirst()
  if (!copy) return 'unknown'
  if (copy.state === 'handed') return 'early'
  if (!['accepted', 'uncertain', 'bounced'].includes(copy.state)) return 'unknown'
  if (args.now - copy.state_at > LIFE) return 'late'
  const fresh = await db
    .insertInto('bounce')
    .values({
      mailing_id: args.mailing,
      n: args.n,
      verdict: args.verdict,
      edition_id: copy.edition_id,
      at: args.now,
      status: args.status,
      reason: args.reason,
      diagnostic: args.diagnostic,
    })
    .onConflict((c) => c.columns(['mailing_id', 'n', 'verdict']).doNothing())
    .executeTakeFirst()
  if (Number(fresh.numInsertedOrUpdatedRows ?? 0) === 0) return 'again'
  if (args.verdict !== 'complaint') await settleBounced(db, args, copy.state)
  await tellAgain(db, args)
  const effect = await follow(db, args, copy)
  const detail = `delivery ${args.n}: ${args.verdict}${args.reason === null ? '' : `, ${args.reason}`}${args.status === null ? '' : ` ${args.status}`}; ${effect}`
  const what = args.verdict === 'complaint' ? 'complaint' : 'bounced'
  await audit(room, { at: args.now, who: args.who, what, mailing: args.mailing, detail })
  return effect
}

async function settleBounced(db: Room['db'], args: Bounce, from: string): Promise<void> {
  if (from === 'bounced') return
  await db
    .updateTable('delivery')
    .set({
      state: 'bounced',
      state_at: args.now,
      reply_enhanced: args.status,
      reply_text: args.diagnostic ?? args.reason,
    })
    .where('mailing_id', '=', args.mailing)
    .where('n', '=', args.n)
    .execute()
  await sql`update chunk set ${sql.ref(from)} = ${sql.ref(from)} - 1, bounced = bounced + 1
    where mailing_id = ${args.mailing} and first_n <= ${args.n} and last_n >= ${args.n}`.execute(db)
}

interface Copy {
  readonly subscriber_id: number | null
  readonly address: string
}

async function follow(db: Room['db'], args: Bounce, copy: Copy): Promise<BounceEffect> {
  // A seed mailbox, a test copy, or somebody who was forgotten.
  if (copy.subscriber_id === null || copy.address === '') return 'recorded'
  const run = args.verdict === 'text' || args.verdict === 'soft' ? await failingRun(db, copy.subscriber_id, args) : []
  const editions = new Set(run.map((row) => row.edition_id)).size
  const isOut =
    args.verdict === 'hard' || args.verdict === 'complaint' || (args.verdict === 'text' && editions >= BY_TEXT)
  if (isOut) return await suppressFor(db, args, copy.address, null)
  const since = Math.min(args.now, ...run.map((row) => Number(row.at)))
  const isLong = args.verdict === 'soft' && editions >= SOFT.editions && args.now - since >= SOFT.over
  return isLong ? await suppressFor(db, args, copy.address, args.now + SOFT.quarantine) : 'recorded'
}

/**
 * This person's latest copies up to this one that came back with this verdict, or with a graver one, without one
 * between them that arrived: any success begins anew.
 */
async function failingRun(db: Room['db'], subscriber: number, args: Bounce) {
  const rows = await db
    .selectFrom('delivery as d')
    .leftJoin('bounce as b', (join) =>
      join
        .onRef('b.mailing_id', '=', 'd.mailing_id')
        .onRef('b.n', '=', 'd.n')
        .on('b.verdict', 'in', args.verdict === 'text' ? ['text', 'hard'] : ['soft', 'text', 'hard']),
    )
    .where('d.subscriber_id', '=', subscriber)
    .where('d.mailing_id', '<=', args.mailing)
    .where('d.state', 'in', ['accepted', 'bounced'])
    .orderBy('d.mailing_id', 'desc')
    .limit(50)
    .select(['d.state', 'b.edition_id', 'b.at'])
    .execute()
  const success = rows.findIndex((row) => row.state === 'accepted')
  const run = success < 0 ? rows : rows.slice(0, success)
  return run.filter((row) => row.at !== null)
}

/** `until` null: for good. A quarantine becomes for good, and never the other way round. */
async function suppressFor(
  db: Room['db'],
  args: Bounce,
  key: string,
  until: number | null,
): Promise<'suppressed' | 'quarantined'> {
  const reason =
    args.verdict === 'complaint' ? 'complaint' : `${args.reason ?? args.verdict} ${args.status ?? ''}`.trim()
  const source = `report on mailing ${args.mailing}`
  await db
    .insertInto('suppression')
    .values({ address_key: key, reason, source, at: args.now, until_at: until })
    .onConflict((c) => c.column('address_key').doNothing())
    .execute()
  if (until === null) {
    await db
      .updateTable('suppression')
      .set({ reason, source, until_at: null })
      .where('address_key', '=', key)
      .where('until_at', 'is not', null)
      .execute()
  }
  return until === null ? 'suppressed' : 'quarantined'
}

/** The latest copies that left to an address since then, newest first, at most fifty: a report may be about one of them. */
export async function copiesTo(
  { db }: Room,
  args: { key: string; since: number },
): Promise<{ mailing: number; n: number; edition: number }[]> {
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('subscriber as s', 's.id', 'd.subscriber_id')
    .where('s.address_key', '=', args.key)
    .where('d.state', 'in', ['handed', 'accepted', 'uncertain', 'bounced'])
    .where('d.state_at', '>=', args.since)
    .where('d.edition_id', 'is not', null)
    .orderBy('d.mailing_id', 'desc')
    .limit(50)
    .select(['d.mailing_id', 'd.n', 'd.edition_id'])
    .execute()
  return rows.map((row) => ({ mailing: row.mailing_id, n: row.n, edition: row.edition_id ?? 0 }))
}

/** Lets those go whose quarantine is over. Gives how many there were. */
export async function endQuarantines({ db }: Room, args: { now: number }): Promise<number> {
  const ended = await db.deleteFrom('suppression').where('until_at', '<=', args.now).executeTakeFirst()
  return Number(ended.numDeletedRows)
}
