/** Putting people on a list. An import never revives anyone who left, and takes nothing away. */
import { sql } from 'kysely'
import { BULK, type Room } from './room.ts'

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

/**
 * Puts people on a list, which is made when it is not there. At most BULK at a time, in a handful of statements: a
 * million people are a thousand commits. Who stands in it twice is one person, by what was said last.
 */
export async function importPeople(
  { db }: Room,
  args: { list: string; people: readonly Person[]; source: string; now: number },
): Promise<Imported> {
  if (args.people.length > BULK) throw new Error(`importPeople takes at most ${BULK} people at a time`)
  const list = await listNamed(db, args.list, args.now)
  const people = mergedByKey(args.people)
  if (people.length === 0) return { added: 0, changed: 0, same: 0, unsubscribed: 0, suppressed: 0 }
  const keys = people.map((person) => person.key)
  const { ids, changed } = await knownOrAdded(db, people, args.now)
  const states = await statesOn(db, list, [...ids.values()])
  const fresh = people.flatMap(({ key }) => ids.get(key) ?? []).filter((id) => !states.has(id))
  await subscribe(db, { list, subscribers: fresh, source: args.source, now: args.now })
  const tally = {
    added: fresh.length,
    changed: 0,
    same: 0,
    unsubscribed: 0,
    suppressed: await suppressedAmong(db, keys),
  }
  for (const { key } of people) {
    const state = states.get(ids.get(key) ?? 0)
    if (state === 'unsubscribed') tally.unsubscribed += 1
    else if (state === 'subscribed') tally[changed.has(key) ? 'changed' : 'same'] += 1
  }
  return tally
}

function mergedByKey(people: readonly Person[]): Person[] {
  const merged = new Map<string, Person>()
  for (const person of people) {
    const before = merged.get(person.key)
    merged.set(person.key, {
      ...person,
      name: person.name ?? before?.name ?? null,
      language: person.language ?? before?.language ?? null,
    })
  }
  return [...merged.values()]
}

/** The ids of all, those that were not known made; and whose name or language is another now. */
async function knownOrAdded(
  db: Room['db'],
  people: readonly Person[],
  now: number,
): Promise<{ ids: Map<string, number>; changed: Set<string> }> {
  const keys = people.map((person) => person.key)
  const rows = await db
    .selectFrom('subscriber')
    .select(['id', 'address_key', 'name', 'language'])
    .where('address_key', 'in', keys)
    .execute()
  const known = new Map(rows.map((row) => [row.address_key ?? '', row]))
  const ids = new Map(rows.map((row) => [row.address_key ?? '', row.id]))
  const changed = new Set<string>()
  for (const person of people) {
    const before = known.get(person.key)
    if (!before) continue
    const name = person.name ?? before.name
    const language = person.language ?? before.language
    if (name === before.name && language === before.language) continue
    changed.add(person.key)
    await db.updateTable('subscriber').set({ name, language }).where('id', '=', before.id).execute()
  }
  const added = people.filter((person) => !known.has(person.key))
  if (added.length === 0) return { ids, changed }
  const made = await db
    .insertInto('subscriber')
    .values(
      added.map((person) => ({
        address: person.address,
        address_key: person.key,
        name: person.name,
        language: person.language,
        created_at: now,
        erased_at: null,
      })),
    )
    .returning(['id', 'address_key'])
    .execute()
  for (const row of made) ids.set(row.address_key ?? '', row.id)
  return { ids, changed }
}

async function statesOn(db: Room['db'], list: number, subscribers: readonly number[]): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('subscription')
    .select(['subscriber_id', 'state'])
    .where('list_id', '=', list)
    .where('subscriber_id', 'in', [...subscribers])
    .execute()
  return new Map(rows.map((row) => [row.subscriber_id, row.state]))
}

/** New subscriptions, each with its consent. */
async function subscribe(
  db: Room['db'],
  args: { list: number; subscribers: readonly number[]; source: string; now: number },
): Promise<void> {
  if (args.subscribers.length === 0) return
  const ids = args.subscribers
  await db
    .insertInto('subscription')
    .values(
      ids.map((id) => ({ list_id: args.list, subscriber_id: id, state: 'subscribed' as const, changed_at: args.now })),
    )
    .execute()
  await db
    .insertInto('consent')
    .values(
      ids.map((id) => ({
        list_id: args.list,
        subscriber_id: id,
        act: 'subscribed' as const,
        at: args.now,
        source: args.source,
      })),
    )
    .execute()
}

async function suppressedAmong(db: Room['db'], keys: readonly string[]): Promise<number> {
  const row = await db
    .selectFrom('suppression')
    .where('address_key', 'in', [...keys])
    .select(sql<number>`count(*)`.as('n'))
    .executeTakeFirstOrThrow()
  return Number(row.n)
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
