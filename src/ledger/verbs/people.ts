/** Lists, subscribers, consent and suppression. Consent is append-only. */
import { sql } from 'kysely'
import type { Reader, Survey } from '../words.ts'
import { BULK, type Room } from './room.ts'
import { readerOf } from './rows.ts'
import { recordSlipped } from './slipping.ts'

/** The lists there are, with how many may be written to. */
export async function lists({ db }: Room): Promise<{ name: string; people: number }[]> {
  return await db
    .selectFrom('list')
    .leftJoin('subscription', (join) =>
      join.onRef('subscription.list_id', '=', 'list.id').on('subscription.state', '=', 'subscribed'),
    )
    .groupBy('list.id')
    .orderBy('list.name')
    .select(['list.name', sql<number>`count(subscription.subscriber_id)`.as('people')])
    .execute()
}

/** Who of a list may be written to, and how many may not; null when there is no such list. */
export async function survey({ db }: Room, args: { list: string }): Promise<Survey | null> {
  const list = await db.selectFrom('list').select('id').where('name', '=', args.list).executeTakeFirst()
  if (!list) return null
  const row = await db
    .selectFrom('subscription as s')
    .innerJoin('subscriber as p', 'p.id', 's.subscriber_id')
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('s.list_id', '=', list.id)
    .where('p.address_key', 'is not', null)
    .select([
      sql<number>`coalesce(sum(case when s.state = 'subscribed' and x.at is null then 1 else 0 end), 0)`.as('people'),
      sql<number>`coalesce(sum(case when s.state = 'unsubscribed' then 1 else 0 end), 0)`.as('unsubscribed'),
      sql<number>`coalesce(sum(case when s.state = 'subscribed' and x.at is not null then 1 else 0 end), 0)`.as(
        'suppressed',
      ),
    ])
    .executeTakeFirstOrThrow()
  return {
    listId: list.id,
    people: Number(row.people),
    unsubscribed: Number(row.unsubscribed),
    suppressed: Number(row.suppressed),
  }
}

/**
 * The next readers of a list after subscriber `after`, in the order of their ids, of the next BULK who are on it;
 * `after` of the answer is where to go on, null at the end. The page is cut before anything is joined: a planner that
 * knows nothing of a fresh list would otherwise read all of it for every page.
 */
export async function readers(
  { db }: Room,
  args: { listId: number; after: number },
): Promise<{ readers: Reader[]; after: number | null }> {
  const page = db
    .selectFrom('subscription')
    .where('list_id', '=', args.listId)
    .where('subscriber_id', '>', args.after)
    .select(['subscriber_id', 'state'])
    .orderBy('subscriber_id')
    .limit(BULK)
    .as('s')
  const rows = await db
    .selectFrom(page)
    .leftJoin('subscriber as p', 'p.id', 's.subscriber_id')
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .select(['s.subscriber_id', 's.state', 'p.address', 'p.name', 'p.language', 'x.at as suppressed'])
    .orderBy('s.subscriber_id')
    .execute()
  const readers = rows
    .filter((row) => row.state === 'subscribed' && row.address !== null && row.suppressed === null)
    .map((row) => readerOf({ ...row, id: row.subscriber_id }))
  return { readers, after: rows.length < BULK ? null : (rows.at(-1)?.subscriber_id ?? null) }
}

/** Takes a subscriber off a list. Idempotent; false when there is no such subscription. */
export async function unsubscribe(
  { db }: Room,
  args: { listId: number; subscriber: number; source: string; now: number },
): Promise<boolean> {
  const there = await db
    .selectFrom('subscription')
    .select('state')
    .where('list_id', '=', args.listId)
    .where('subscriber_id', '=', args.subscriber)
    .executeTakeFirst()
  if (!there) return false
  if (there.state === 'unsubscribed') return true
  await db
    .updateTable('subscription')
    .set({ state: 'unsubscribed', changed_at: args.now })
    .where('list_id', '=', args.listId)
    .where('subscriber_id', '=', args.subscriber)
    .execute()
  await db
    .insertInto('consent')
    .values({
      list_id: args.listId,
      subscriber_id: args.subscriber,
      act: 'unsubscribed',
      at: args.now,
      source: args.source,
    })
    .execute()
  await recordSlipped(db, { subscriber: args.subscriber, listId: args.listId, what: 'unsubscribed', now: args.now })
  return true
}

/** Never write to this address again. Idempotent: the first reason stands, unless it was a quarantine's. */
export async function suppress(
  { db }: Room,
  args: { key: string; reason: string; source: string; now: number },
): Promise<boolean> {
  const made = await db
    .insertInto('suppression')
    .values({ address_key: args.key, reason: args.reason, source: args.source, at: args.now })
    .onConflict((c) => c.column('address_key').doNothing())
    .executeTakeFirst()
  if (Number(made.numInsertedOrUpdatedRows ?? 0) > 0) {
    const person = await db.selectFrom('subscriber').select('id').where('address_key', '=', args.key).executeTakeFirst()
    if (person) await recordSlipped(db, { subscriber: person.id, listId: null, what: 'suppressed', now: args.now })
    return true
  }
  const lasting = await db
    .updateTable('suppression')
    .set({ reason: args.reason, source: args.source, at: args.now, until_at: null })
    .where('address_key', '=', args.key)
    .where('until_at', 'is not', null)
    .executeTakeFirst()
  return Number(lasting.numUpdatedRows) > 0
}

export interface SubscriberCard {
  readonly id: number
  readonly address: string
  readonly name: string | null
  readonly language: string | null
  readonly lists: readonly { readonly name: string; readonly state: string; readonly since: number }[]
  readonly suppressed: { readonly reason: string; readonly at: number } | null
}

/** One person by address key; null when unknown. A suppression stands even without a subscriber. */
export async function subscriber({ db }: Room, args: { key: string }): Promise<SubscriberCard | null> {
  const person = await db.selectFrom('subscriber').selectAll().where('address_key', '=', args.key).executeTakeFirst()
  if (!person) return null
  const suppressed = await db
    .selectFrom('suppression')
    .select(['reason', 'at'])
    .where('address_key', '=', args.key)
    .executeTakeFirst()
  const on = await db
    .selectFrom('subscription')
    .innerJoin('list', 'list.id', 'subscription.list_id')
    .where('subscriber_id', '=', person.id)
    .select(['list.name', 'subscription.state', 'subscription.changed_at as since'])
    .orderBy('list.name')
    .execute()
  return {
    id: person.id,
    address: person.address ?? '',
    name: person.name,
    language: person.language,
    lists: on,
    suppressed: suppressed ?? null,
  }
}

/** Forgets a person: nothing points to them any more. Deliveries keep their counts, not their address. */
export async function erase({ db }: Room, args: { key: string; now: number }): Promise<boolean> {
  const person = await db.selectFrom('subscriber').select('id').where('address_key', '=', args.key).executeTakeFirst()
  if (!person) return false
  await db.deleteFrom('subscription').where('subscriber_id', '=', person.id).execute()
  await db.updateTable('consent').set({ subscriber_id: null }).where('subscriber_id', '=', person.id).execute()
  await db.deleteFrom('correction').where('subscriber_id', '=', person.id).execute()
  // A row that still waits must not be sent to an address that is gone: it would go to an empty one.
  const waiting = await db
    .selectFrom('delivery')
    .select(['mailing_id', 'n', 'state'])
    .where('subscriber_id', '=', person.id)
    .where('state', 'in', ['pending', 'deferred'])
    .execute()
  for (const row of waiting) {
    await db
      .updateTable('delivery')
      .set({ state: 'suppressed', state_at: args.now })
      .where('mailing_id', '=', row.mailing_id)
      .where('n', '=', row.n)
      .execute()
    await sql`update chunk set ${sql.ref(row.state)} = ${sql.ref(row.state)} - 1, suppressed = suppressed + 1
      where mailing_id = ${row.mailing_id} and first_n <= ${row.n} and last_n >= ${row.n}`.execute(db)
    await db.deleteFrom('retry').where('mailing_id', '=', row.mailing_id).where('n', '=', row.n).execute()
  }
  await db
    .updateTable('delivery')
    .set({ address: '', fields: '{}', subscriber_id: null, reply_text: null })
    .where('subscriber_id', '=', person.id)
    .execute()
  await db
    .updateTable('subscriber')
    .set({ address: null, address_key: null, name: null, language: null, erased_at: args.now })
    .where('id', '=', person.id)
    .execute()
  return true
}
