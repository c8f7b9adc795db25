/** Lists: their fields, who of them may be written to, and who is meant by a selection. */
import { sql } from 'kysely'
import type { FieldSchema } from '../../edition/index.ts'
import { type Asked, isMeant, type Segment } from '../segment.ts'
import type { ConsentAct, FieldValues, List, Reader, SubscriptionState, Survey } from '../words.ts'
import { BULK, type Room } from './room.ts'
import { readerOf } from './rows.ts'

/** The lists there are, with how many may be written to. */
export async function lists({ db }: Room): Promise<(List & { people: number })[]> {
  const rows = await db
    .selectFrom('list')
    .leftJoin('subscription', (join) =>
      join.onRef('subscription.list_id', '=', 'list.id').on('subscription.state', '=', 'subscribed'),
    )
    .groupBy('list.id')
    .orderBy('list.name')
    .select(['list.id', 'list.name', 'list.fields', sql<number>`count(subscription.subscriber_id)`.as('people')])
    .execute()
  return rows.map((row) => ({ ...listOf(row), people: Number(row.people) }))
}

/** One list by its name; null when there is none. */
export async function list({ db }: Room, args: { name: string }): Promise<List | null> {
  return await listNamed(db, args.name)
}

export async function listNamed(db: Room['db'], name: string): Promise<List | null> {
  const row = await db.selectFrom('list').select(['id', 'name', 'fields']).where('name', '=', name).executeTakeFirst()
  return row ? listOf(row) : null
}

const listOf = (row: { id: number; name: string; fields: string }): List => ({
  id: row.id,
  name: row.name,
  fields: JSON.parse(row.fields) as FieldSchema,
})

export async function makeList(db: Room['db'], name: string, now: number): Promise<number> {
  const made = await db
    .insertInto('list')
    .values({ name, title: name, created_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return made.id
}

/**
 * Declares fields of a list, which is made when it is not there; those in `without` are declared no longer (what people
 * have there stays, unused). A field that is of another type already is left so: gives their names, and then changes
 * nothing.
 */
export async function declareFields(
  { db }: Room,
  args: { list: string; fields: FieldSchema; without: readonly string[]; now: number },
): Promise<{ conflicts: string[]; fields: FieldSchema }> {
  const known = await listNamed(db, args.list)
  const id = known?.id ?? (await makeList(db, args.list, args.now))
  const before = Object.fromEntries(
    Object.entries(known?.fields ?? {}).filter(([name]) => !args.without.includes(name)),
  )
  const conflicts = Object.entries(args.fields).flatMap(([name, { type }]) =>
    before[name] !== undefined && before[name].type !== type ? [name] : [],
  )
  if (conflicts.length > 0) return { conflicts, fields: known?.fields ?? {} }
  const fields = { ...before, ...args.fields }
  await db
    .updateTable('list')
    .set({ fields: JSON.stringify(fields) })
    .where('id', '=', id)
    .execute()
  return { conflicts, fields }
}

/** Who of a list may be written to, and how many may not; null when there is no such list. */
export async function survey({ db }: Room, args: { list: string }): Promise<Survey | null> {
  const list = await db.selectFrom('list').select('id').where('name', '=', args.list).executeTakeFirst()
  if (!list) return null
  const sum = (condition: ReturnType<typeof sql<boolean>>) =>
    sql<number>`coalesce(sum(case when ${condition} then 1 else 0 end), 0)`
  const row = await db
    .selectFrom('subscription as s')
    .innerJoin('subscriber as p', 'p.id', 's.subscriber_id')
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('s.list_id', '=', list.id)
    .where('p.address_key', 'is not', null)
    .select([
      sum(sql`s.state = 'subscribed' and x.at is null`).as('people'),
      sum(sql`s.state = 'unsubscribed'`).as('unsubscribed'),
      sum(sql`s.state = 'paused'`).as('paused'),
      sum(sql`s.state = 'subscribed' and x.at is not null`).as('suppressed'),
    ])
    .executeTakeFirstOrThrow()
  return {
    listId: list.id,
    people: Number(row.people),
    unsubscribed: Number(row.unsubscribed),
    paused: Number(row.paused),
    suppressed: Number(row.suppressed),
  }
}

/** Lists by id, in the order in which a person who is on several is to be reached; and of whom, by a read segment. */
export interface Chosen {
  readonly lists: readonly number[]
  readonly except?: readonly number[]
  readonly where?: Segment | null
}

/**
 * The next readers after subscriber `after`, in the order of their ids, each once and through the first of the lists
 * that means them; `after` of the answer is where to go on, null at the end. Each list's page is cut before anything is
 * joined: a planner that knows nothing of a fresh list would otherwise read all of it for every page.
 */
export async function readers(
  { db }: Room,
  args: Chosen & { after: number },
): Promise<{ readers: Reader[]; after: number | null }> {
  const pages = []
  for (const id of args.lists) pages.push(await pageOf(db, id, args.after))
  // A list that has more after its page bounds them all: whoever stands behind comes with the next.
  const bound = Math.min(...pages.flatMap((page) => (page.length < BULK ? [] : [page.at(-1)?.subscriber_id ?? 0])))
  const candidates = pages.flat().filter((row) => row.subscriber_id <= bound && mayBeWrittenTo(row, args.where ?? null))
  const out = await amongExcepted(db, args.except ?? [], candidates)
  const chosen = new Map<number, Reader>()
  for (const row of candidates) {
    if (chosen.has(row.subscriber_id) || out.has(row.subscriber_id)) continue
    chosen.set(row.subscriber_id, readerOf({ ...row, id: row.subscriber_id }))
  }
  const readers = [...chosen.values()].toSorted((a, b) => a.subscriber - b.subscriber)
  return { readers, after: Number.isFinite(bound) ? bound : null }
}

type Row = Awaited<ReturnType<typeof pageOf>>[number]

async function pageOf(db: Room['db'], list: number, after: number) {
  const page = db
    .selectFrom('subscription')
    .where('list_id', '=', list)
    .where('subscriber_id', '>', after)
    .select(['list_id', 'subscriber_id', 'state', 'fields', 'tags'])
    .orderBy('subscriber_id')
    .limit(BULK)
    .as('s')
  return await db
    .selectFrom(page)
    .leftJoin('subscriber as p', 'p.id', 's.subscriber_id')
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .select(['s.list_id', 's.subscriber_id', 's.state', 's.fields', 's.tags'])
    .select(['p.address', 'p.name', 'p.language', 'p.time_zone', 'x.at as suppressed'])
    .orderBy('s.subscriber_id')
    .execute()
}

const mayBeWrittenTo = (row: Row, where: Segment | null): boolean =>
  row.state === 'subscribed' &&
  row.address !== null &&
  row.suppressed === null &&
  (where === null || isMeant(where, askedOf(row)))

const askedOf = (row: {
  address: string | null
  name: string | null
  language: string | null
  time_zone: string | null
  fields: string
  tags: string
}): Asked => ({
  address: row.address ?? '',
  name: row.name,
  language: row.language,
  timeZone: row.time_zone,
  tags: JSON.parse(row.tags) as string[],
  fields: JSON.parse(row.fields) as FieldValues,
})

async function amongExcepted(db: Room['db'], lists: readonly number[], rows: readonly Row[]): Promise<Set<number>> {
  if (lists.length === 0 || rows.length === 0) return new Set()
  const found = new Set<number>()
  const ids = [...new Set(rows.map((row) => row.subscriber_id))]
  // A union of several lists may bring more than one statement takes.
  for (let at = 0; at < ids.length; at += BULK) {
    const there = await db
      .selectFrom('subscription')
      .where('list_id', 'in', [...lists])
      .where('subscriber_id', 'in', ids.slice(at, at + BULK))
      .where('state', '!=', 'unsubscribed')
      .select('subscriber_id')
      .execute()
    for (const { subscriber_id } of there) found.add(subscriber_id)
  }
  return found
}

/** Some readers: the first ones, and for each pick (from 0 up to 1) the one that stands at that share of the lists. */
export async function someReaders(
  room: Room,
  args: Chosen & { first: number; picks: readonly number[] },
): Promise<Reader[]> {
  if (args.lists.length === 0) return []
  const { last } = await room.db
    .selectFrom('subscription')
    .where('list_id', 'in', [...args.lists])
    .select(sql<number | null>`max(subscriber_id)`.as('last'))
    .executeTakeFirstOrThrow()
  const found = new Map<number, Reader>()
  const take = async (after: number, limit: number): Promise<void> => {
    const page = await readers(room, { ...args, after })
    for (const reader of page.readers.slice(0, limit)) found.set(reader.subscriber, reader)
  }
  await take(0, args.first)
  for (const pick of args.picks) await take(Math.floor(pick * Number(last ?? 0)), 1)
  return [...found.values()]
}

/** One person on a list, as an export has them. */
export interface Member extends Asked {
  readonly subscriber: number
  readonly state: SubscriptionState
  readonly since: number
  readonly until: number | null
  readonly suppressed: string | null
  /** What they, or we in their stead, did about this list: the oldest first. */
  readonly consent: readonly { readonly act: ConsentAct; readonly at: number; readonly source: string }[]
}

/** Everybody on a list after subscriber `after`, whatever their state, with their consent; `after` null at the end. */
export async function members(
  { db }: Room,
  args: { listId: number; where: Segment | null; after: number },
): Promise<{ members: Member[]; after: number | null }> {
  const rows = await db
    .selectFrom('subscription as s')
    .innerJoin('subscriber as p', 'p.id', 's.subscriber_id')
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('s.list_id', '=', args.listId)
    .where('s.subscriber_id', '>', args.after)
    .select(['s.subscriber_id', 's.state', 's.changed_at', 's.until_at', 's.fields', 's.tags'])
    .select(['p.address', 'p.name', 'p.language', 'p.time_zone', 'x.reason'])
    .orderBy('s.subscriber_id')
    .limit(BULK)
    .execute()
  const consents = await consentOf(
    db,
    args.listId,
    rows.map((row) => row.subscriber_id),
  )
  const members = rows.map((row) => ({
    ...askedOf(row),
    subscriber: row.subscriber_id,
    state: row.state,
    since: row.changed_at,
    until: row.until_at,
    suppressed: row.reason,
    consent: consents.get(row.subscriber_id) ?? [],
  }))
  const { where } = args
  return {
    members: where === null ? members : members.filter((one) => isMeant(where, one)),
    after: rows.length < BULK ? null : (rows.at(-1)?.subscriber_id ?? null),
  }
}

async function consentOf(db: Room['db'], list: number, subscribers: readonly number[]) {
  if (subscribers.length === 0) return new Map<number | null, never[]>()
  const rows = await db
    .selectFrom('consent')
    .where('list_id', '=', list)
    .where('subscriber_id', 'in', [...subscribers])
    .select(['subscriber_id', 'act', 'at', 'source'])
    .orderBy('id')
    .execute()
  return Map.groupBy(rows, (row) => row.subscriber_id)
}
