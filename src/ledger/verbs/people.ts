/** One person: what is known of them, suppressing their address, and forgetting them. */
import { sql } from 'kysely'
import type { ConsentAct, DeliveryState, FieldValues, SubscriptionState } from '../words.ts'
import { keepConsent } from './consent.ts'
import type { Room } from './room.ts'
import { recordSlipped } from './slipping.ts'

export interface SubscriberCard {
  readonly id: number
  readonly address: string
  readonly name: string | null
  readonly language: string | null
  readonly timeZone: string | null
  readonly lists: readonly {
    readonly id: number
    readonly name: string
    readonly state: SubscriptionState
    readonly since: number
    /** When a pause ends. */
    readonly until: number | null
    readonly tags: readonly string[]
    readonly fields: FieldValues
  }[]
  readonly suppressed: { readonly reason: string; readonly at: number } | null
}

/** One person by address key or by id; null when unknown. A suppression stands even without a subscriber. */
export async function subscriber({ db }: Room, args: { key: string } | { id: number }): Promise<SubscriberCard | null> {
  const person = await db
    .selectFrom('subscriber')
    .selectAll()
    .where((e) => ('key' in args ? e('address_key', '=', args.key) : e('id', '=', args.id)))
    .executeTakeFirst()
  if (!person || person.address_key === null) return null
  const suppressed = await db
    .selectFrom('suppression')
    .select(['reason', 'at'])
    .where('address_key', '=', person.address_key)
    .executeTakeFirst()
  // By each list in turn, because a subscription's key begins with its list: an inner join would read all of them.
  const on = await db
    .selectFrom('list as l')
    .leftJoin('subscription as s', (join) => join.onRef('s.list_id', '=', 'l.id').on('s.subscriber_id', '=', person.id))
    .select(['l.id', 'l.name', 's.state', 's.changed_at as since', 's.until_at as until', 's.tags', 's.fields'])
    .orderBy('l.name')
    .execute()
  return {
    id: person.id,
    address: person.address ?? '',
    name: person.name,
    language: person.language,
    timeZone: person.time_zone,
    lists: on.flatMap(({ state, since, tags, fields, ...row }) =>
      state === null || since === null
        ? []
        : [
            {
              ...row,
              state,
              since,
              tags: JSON.parse(tags ?? '[]') as string[],
              fields: JSON.parse(fields ?? '{}') as FieldValues,
            },
          ],
    ),
    suppressed: suppressed ?? null,
  }
}

/** All that is kept of a person, for them to see. */
export interface PersonData {
  readonly card: SubscriberCard
  readonly consent: readonly {
    readonly list: string | null
    readonly act: ConsentAct
    readonly at: number
    readonly source: string
    readonly text: string | null
    readonly language: string | null
  }[]
  /** The newest first; the last 1,000. */
  readonly mails: readonly {
    readonly mailing: number
    readonly subject: string
    readonly state: DeliveryState
    readonly at: number
    readonly fields: Readonly<Record<string, string>>
  }[]
}

/** Null for who is unknown or erased. */
export async function dataOf(room: Room, args: { subscriber: number }): Promise<PersonData | null> {
  const { db } = room
  const card = await subscriber(room, { id: args.subscriber })
  if (!card) return null
  const consent = await db
    .selectFrom('consent as c')
    .leftJoin('list as l', 'l.id', 'c.list_id')
    .where('c.subscriber_id', '=', args.subscriber)
    .select(['l.name as list', 'c.act', 'c.at', 'c.source', 'c.text', 'c.language'])
    .orderBy('c.id')
    .execute()
  const mails = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .innerJoin('edition as e', 'e.id', 'm.edition_id')
    .where('d.subscriber_id', '=', args.subscriber)
    .select(['d.mailing_id as mailing', 'e.subject', 'd.state', 'd.state_at as at', 'd.fields'])
    .orderBy('d.mailing_id', 'desc')
    .limit(1_000)
    .execute()
  return {
    card,
    consent,
    mails: mails.map((row) => ({
      ...row,
      state: row.state as DeliveryState,
      fields: JSON.parse(row.fields) as Record<string, string>,
    })),
  }
}

/** Changes what a person says of themselves; what is undefined stays. False when they are unknown. */
export async function editPerson(
  { db }: Room,
  args: { subscriber: number; name?: string | null; language?: string | null; timeZone?: string | null },
): Promise<boolean> {
  const set = {
    ...(args.name === undefined ? {} : { name: args.name }),
    ...(args.language === undefined ? {} : { language: args.language }),
    ...(args.timeZone === undefined ? {} : { time_zone: args.timeZone }),
  }
  if (Object.keys(set).length === 0) return false
  const done = await db
    .updateTable('subscriber')
    .set(set)
    .where('id', '=', args.subscriber)
    .where('address_key', 'is not', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows) > 0
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

/**
 * Forgets a person: nothing points to them any more, and of their address there stays `hash`, its keyed hash, so that
 * no import brings it back. Deliveries keep their counts, not their address; so do the copies that went to the address
 * and to no subscriber. An address that is suppressed, asked or was sent a test copy and is no subscriber's is
 * forgotten alike. False when there was nothing to forget.
 */
export async function erase(
  { db }: Room,
  args: { key: string; hash: string; source: string; now: number },
): Promise<boolean> {
  const person = await db.selectFrom('subscriber').select('id').where('address_key', '=', args.key).executeTakeFirst()
  const suppressed = await db.deleteFrom('suppression').where('address_key', '=', args.key).executeTakeFirst()
  const asked = await db
    .deleteFrom('sign_up')
    .where((e) => e.or([e('address_key', '=', args.key), e('subscriber_id', '=', person?.id ?? 0)]))
    .executeTakeFirst()
  const copies = await forgetStrangersCopies(db, args)
  if (!person && Number(suppressed.numDeletedRows) + Number(asked.numDeletedRows) + copies === 0) return false
  await db
    .insertInto('erased_address')
    .values({ hash: args.hash, at: args.now })
    .onConflict((c) => c.column('hash').doNothing())
    .execute()
  await keepConsent(db, [{ list: null, subscriber: null, act: 'erased', source: args.source }], args.now)
  if (person) await forget(db, person.id, args.now)
  return true
}

/** Which of these hashes are of people who asked to be forgotten. */
export async function erasedAmong(db: Room['db'], hashes: readonly string[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set()
  const rows = await db
    .selectFrom('erased_address')
    .where('hash', 'in', [...hashes])
    .select('hash')
    .execute()
  return new Set(rows.map(({ hash }) => hash))
}

async function forget(db: Room['db'], id: number, now: number): Promise<void> {
  await sql`delete from subscription where subscriber_id = ${id} and list_id in (select id from list)`.execute(db)
  await db.updateTable('consent').set({ subscriber_id: null }).where('subscriber_id', '=', id).execute()
  await db.deleteFrom('correction').where('subscriber_id', '=', id).execute()
  const waiting = await db
    .selectFrom('delivery')
    .select(['mailing_id', 'n', 'state'])
    .where('subscriber_id', '=', id)
    .where('state', 'in', ['pending', 'deferred'])
    .execute()
  await closeWaiting(db, waiting, now)
  // What came back may quote the address.
  await sql`update bounce set diagnostic = null
    where (mailing_id, n) in (select mailing_id, n from delivery where subscriber_id = ${id})`.execute(db)
  await db
    .updateTable('delivery')
    .set({ address: '', fields: '{}', subscriber_id: null, reply_text: null })
    .where('subscriber_id', '=', id)
    .execute()
  await db
    .updateTable('subscriber')
    .set({ address: null, address_key: null, name: null, language: null, time_zone: null, erased_at: now })
    .where('id', '=', id)
    .execute()
}

/** Test copies, and the mails that asked: their rows point to nobody and hold the address alone. Gives how many. */
async function forgetStrangersCopies(db: Room['db'], { key, now }: { key: string; now: number }): Promise<number> {
  const copies = await db
    .selectFrom('mailing as m')
    .innerJoin('delivery as d', 'd.mailing_id', 'm.id')
    .where('m.kind', 'in', ['test', 'confirmation'])
    .where('d.address', '=', key)
    .select(['d.mailing_id', 'd.n', 'd.state'])
    .execute()
  const isWaiting = ({ state }: { state: string }): boolean => state === 'pending' || state === 'deferred'
  await closeWaiting(db, copies.filter(isWaiting), now)
  for (const { mailing_id, n } of copies) {
    await db
      .updateTable('bounce')
      .set({ diagnostic: null })
      .where('mailing_id', '=', mailing_id)
      .where('n', '=', n)
      .execute()
    await db
      .updateTable('delivery')
      .set({ address: '', fields: '{}', reply_text: null })
      .where('mailing_id', '=', mailing_id)
      .where('n', '=', n)
      .execute()
  }
  return copies.length
}

/** A row that still waits must not be sent to an address that is gone: it would go to an empty one. */
async function closeWaiting(
  db: Room['db'],
  waiting: readonly { mailing_id: number; n: number; state: string }[],
  now: number,
): Promise<void> {
  for (const row of waiting) {
    await db
      .updateTable('delivery')
      .set({ state: 'suppressed', state_at: now })
      .where('mailing_id', '=', row.mailing_id)
      .where('n', '=', row.n)
      .execute()
    await sql`update chunk set ${sql.ref(row.state)} = ${sql.ref(row.state)} - 1, suppressed = suppressed + 1
      where mailing_id = ${row.mailing_id} and first_n <= ${row.n} and last_n >= ${row.n}`.execute(db)
    await db.deleteFrom('retry').where('mailing_id', '=', row.mailing_id).where('n', '=', row.n).execute()
  }
}
