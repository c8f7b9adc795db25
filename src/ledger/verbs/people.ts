/** Lists, subscribers, consent and suppression. Consent is append-only; an import never revives anyone. */
import { sql } from 'kysely'
import type { Reader, Survey } from '../words.ts'
import { BULK, type Room } from './room.ts'
import { readerOf } from './rows.ts'

export interface Person {
  readonly address: string
  /** The comparison key of parseAddress. */
  readonly key: string
  readonly name: string | null
  readonly language: string | null
}

export interface Imported {
  readonly added: number
  readonly changed: number
  readonly same: number
  /** On the list before and unsubscribed: left so. */
  readonly unsubscribed: number
  readonly suppressed: number
}

/** Puts people on a list, which is made when it is not there. At most BULK at a time. */
export async function importPeople(
  { db }: Room,
  args: { list: string; people: readonly Person[]; source: string; now: number },
): Promise<Imported> {
  if (args.people.length > BULK) throw new Error(`importPeople takes at most ${BULK} people at a time`)
  const list = await listNamed(db, args.list, args.now)
  const tally = { added: 0, changed: 0, same: 0, unsubscribed: 0, suppressed: 0 }
  for (const person of args.people) {
    const suppressed = await db
      .selectFrom('suppression')
      .select('at')
      .where('address_key', '=', person.key)
      .executeTakeFirst()
    if (suppressed) tally.suppressed += 1
    tally[await importOne(db, list, person, args)] += 1
  }
  return tally
}

async function importOne(
  db: Room['db'],
  list: number,
  person: Person,
  args: { source: string; now: number },
): Promise<'added' | 'changed' | 'same' | 'unsubscribed'> {
  const known = await db
    .selectFrom('subscriber')
    .select(['id', 'name', 'language'])
    .where('address_key', '=', person.key)
    .executeTakeFirst()
  const id = known?.id ?? (await addSubscriber(db, person, args.now))
  const name = person.name ?? known?.name ?? null
  const language = person.language ?? known?.language ?? null
  const changed = known !== undefined && (known.name !== name || known.language !== language)
  if (changed) await db.updateTable('subscriber').set({ name, language }).where('id', '=', id).execute()
  const there = await db
    .selectFrom('subscription')
    .select('state')
    .where('list_id', '=', list)
    .where('subscriber_id', '=', id)
    .executeTakeFirst()
  if (there?.state === 'unsubscribed') return 'unsubscribed'
  if (there) return changed ? 'changed' : 'same'
  await db
    .insertInto('subscription')
    .values({ list_id: list, subscriber_id: id, state: 'subscribed', changed_at: args.now })
    .execute()
  await db
    .insertInto('consent')
    .values({ list_id: list, subscriber_id: id, act: 'subscribed', at: args.now, source: args.source })
    .execute()
  return 'added'
}

async function addSubscriber(db: Room['db'], person: Person, now: number): Promise<number> {
  const row = await db
    .insertInto('subscriber')
    .values({
      address: person.address,
      address_key: person.key,
      name: person.name,
      language: person.language,
      created_at: now,
      erased_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

async function listNamed(db: Room['db'], name: string, now: number): Promise<number> {
  const known = await db.selectFrom('list').select('id').where('name', '=', name).executeTakeFirst()
  if (known) return known.id
  const made = await db
    .insertInto('list')
    .values({ name, title: name, created_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return made.id
}

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

/** The next readers of a list after subscriber `after`, in the order of their ids: at most BULK. */
export async function readers(
  { db }: Room,
  args: { listId: number; after: number; limit?: number },
): Promise<Reader[]> {
  const rows = await db
    .selectFrom('subscription as s')
    .innerJoin('subscriber as p', 'p.id', 's.subscriber_id')
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('s.list_id', '=', args.listId)
    .where('s.subscriber_id', '>', args.after)
    .where('s.state', '=', 'subscribed')
    .where('x.at', 'is', null)
    .where('p.address', 'is not', null)
    .select(['p.id', 'p.address', 'p.name', 'p.language'])
    .orderBy('s.subscriber_id')
    .limit(Math.min(args.limit ?? BULK, BULK))
    .execute()
  return rows.map((row) => readerOf(row))
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
  return true
}

/** Never write to this address again. Idempotent: the first reason stands. */
export async function suppress(
  { db }: Room,
  args: { key: string; reason: string; source: string; now: number },
): Promise<boolean> {
  const made = await db
    .insertInto('suppression')
    .values({ address_key: args.key, reason: args.reason, source: args.source, at: args.now })
    .onConflict((c) => c.column('address_key').doNothing())
    .executeTakeFirst()
  return Number(made.numInsertedOrUpdatedRows ?? 0) > 0
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
