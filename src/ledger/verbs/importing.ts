/**
 * Putting people on a list. An import never revives anyone who left, is suppressed or was erased, and takes nothing
 * away. What it would do is worked out first, by reading alone; a dry run stops there.
 */
import { type Insertable, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { FieldValues } from '../words.ts'
import { keepConsent } from './consent.ts'
import { listNamed, makeList } from './lists.ts'
import { erasedAmong } from './people.ts'
import { BULK, type Room } from './room.ts'

export interface Person {
  readonly address: string
  /** The comparison key of parseAddress. */
  readonly key: string
  /** The keyed hash of that key: who was erased is known by it alone. */
  readonly hash: string
  readonly name: string | null
  readonly language: string | null
  /** IANA name. */
  readonly timeZone?: string | null
  /** Checked against the list's schema by whoever reads them. */
  readonly fields?: FieldValues
  readonly tags?: readonly string[]
}

/** Everybody given is counted once: these add up to the people, without who stood among them twice. */
export interface Imported {
  readonly added: number
  readonly changed: number
  readonly same: number
  /** On the list before and unsubscribed: left so. */
  readonly unsubscribed: number
  readonly suppressed: number
  /** They had asked to be forgotten. */
  readonly erased: number
}

interface Order {
  readonly list: string
  readonly people: readonly Person[]
}

/**
 * Puts people on a list, which is made when it is not there. At most BULK at a time, in a handful of statements: a
 * million people are a thousand commits. Who stands in it twice is one person, by what was said last.
 */
export async function importPeople({ db }: Room, args: Order & { source: string; now: number }): Promise<Imported> {
  const list = (await listNamed(db, args.list))?.id ?? (await makeList(db, args.list, args.now))
  const plan = await planned(db, list, args)
  const ids = await keepPeople(db, plan, args.now)
  await subscribe(db, { list, plan, ids, source: args.source, now: args.now })
  return plan.tally
}

/** What `importPeople` would do. */
export async function wouldImport({ db }: Room, args: Order): Promise<Imported> {
  return (await planned(db, (await listNamed(db, args.list))?.id ?? 0, args)).tally
}

/** A person and what is known of them: null where they, or their subscription, are new. */
interface Planned {
  readonly person: Person
  readonly known: {
    readonly id: number
    readonly name: string | null
    readonly language: string | null
    readonly time_zone: string | null
    readonly created_at: number
    readonly state: string | null
    readonly fields: string | null
    readonly tags: string | null
  } | null
  readonly row: Pick<Insertable<Schema['subscriber']>, 'name' | 'language' | 'time_zone'>
  readonly own: { readonly fields: string; readonly tags: string }
}

interface Plan {
  readonly fresh: readonly Planned[]
  readonly changed: readonly Planned[]
  readonly tally: Imported
}

async function planned(db: Room['db'], list: number, { people: given }: Order): Promise<Plan> {
  if (given.length > BULK) throw new Error(`importPeople takes at most ${BULK} people at a time`)
  const people = mergedByKey(given)
  const tally = { added: 0, changed: 0, same: 0, unsubscribed: 0, suppressed: 0, erased: 0 }
  const plan = { fresh: [] as Planned[], changed: [] as Planned[], tally }
  if (people.length === 0) return plan
  const keys = people.map(({ key }) => key)
  const [known, suppressed, erased] = [
    await knownAmong(db, list, keys),
    await suppressedAmong(db, keys),
    await erasedAmong(
      db,
      people.map(({ hash }) => hash),
    ),
  ]
  for (const person of people) {
    const before = known.get(person.key) ?? null
    const one: Planned = { person, known: before, ...merged(person, before) }
    if (suppressed.has(person.key)) tally.suppressed += 1
    else if (erased.has(person.hash)) tally.erased += 1
    else if (before?.state === 'unsubscribed') tally.unsubscribed += 1
    else if (before === null || before.state === null) {
      tally.added += 1
      plan.fresh.push(one)
    } else if (isChanged(one)) {
      tally.changed += 1
      plan.changed.push(one)
    } else tally.same += 1
  }
  return plan
}

function mergedByKey(people: readonly Person[]): Person[] {
  const all = new Map<string, Person>()
  for (const person of people) {
    const before = all.get(person.key)
    if (!before) all.set(person.key, person)
    else {
      all.set(person.key, {
        ...person,
        name: person.name ?? before.name,
        language: person.language ?? before.language,
        timeZone: person.timeZone ?? before.timeZone ?? null,
        fields: { ...before.fields, ...person.fields },
        tags: [...(before.tags ?? []), ...(person.tags ?? [])],
      })
    }
  }
  return [...all.values()]
}

/** What was said now over what was known: an empty cell takes nothing away. */
function merged({ name, language, timeZone, fields, tags }: Person, before: Planned['known']) {
  return {
    row: {
      name: name ?? before?.name ?? null,
      language: language ?? before?.language ?? null,
      time_zone: timeZone ?? before?.time_zone ?? null,
    },
    own: {
      fields: fields === undefined ? (before?.fields ?? '{}') : joinedFields(before?.fields ?? '{}', fields),
      tags: tags === undefined ? (before?.tags ?? '[]') : joinedTags(before?.tags ?? '[]', tags),
    },
  }
}

// Nearly everyone has nothing to be joined with.
const joinedFields = (before: string, now: FieldValues): string =>
  JSON.stringify(before === '{}' ? now : { ...(JSON.parse(before) as FieldValues), ...now })

const joinedTags = (before: string, now: readonly string[]): string =>
  JSON.stringify([...new Set([...(before === '[]' ? [] : (JSON.parse(before) as string[])), ...now])].toSorted())

const isChanged = ({ known, row, own }: Planned): boolean =>
  known !== null && (isOther(known, row) || known.fields !== own.fields || known.tags !== own.tags)

const isOther = (known: NonNullable<Planned['known']>, row: Planned['row']): boolean =>
  known.name !== row.name || known.language !== row.language || known.time_zone !== row.time_zone

async function knownAmong(db: Room['db'], list: number, keys: readonly string[]) {
  const rows = await db
    .selectFrom('subscriber as p')
    .leftJoin('subscription as s', (join) => join.onRef('s.subscriber_id', '=', 'p.id').on('s.list_id', '=', list))
    .select(['p.id', 'p.address_key', 'p.name', 'p.language', 'p.time_zone', 'p.created_at'])
    .select(['s.state', 's.fields', 's.tags'])
    .where('p.address_key', 'in', [...keys])
    .execute()
  return new Map(rows.map((row) => [row.address_key ?? '', row]))
}

/** For good: a quarantine ends by itself, so it keeps nobody off a list. */
async function suppressedAmong(db: Room['db'], keys: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('suppression')
    .where('address_key', 'in', [...keys])
    .where('until_at', 'is', null)
    .select('address_key')
    .execute()
  return new Set(rows.map((row) => row.address_key))
}

/** Makes those who were not known, changes those who are another now; gives the ids of all whom the plan touches. */
async function keepPeople(db: Room['db'], plan: Plan, now: number): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  const rows = [...plan.fresh, ...plan.changed].flatMap(({ person, known, row }) => {
    if (known) ids.set(person.key, known.id)
    return known && isOther(known, row) ? [{ id: known.id, created_at: known.created_at, ...row }] : []
  })
  if (rows.length > 0) {
    await db
      .insertInto('subscriber')
      .values(rows.map((row) => ({ ...row, address: null, address_key: null, erased_at: null })))
      .onConflict((c) =>
        c.column('id').doUpdateSet((e) => ({
          name: e.ref('excluded.name'),
          language: e.ref('excluded.language'),
          time_zone: e.ref('excluded.time_zone'),
        })),
      )
      .execute()
  }
  const unknown = plan.fresh.filter(({ known }) => known === null)
  if (unknown.length === 0) return ids
  const made = await db
    .insertInto('subscriber')
    .values(
      unknown.map(({ person, row }) => ({
        address: person.address,
        address_key: person.key,
        created_at: now,
        erased_at: null,
        ...row,
      })),
    )
    .returning(['id', 'address_key'])
    .execute()
  for (const row of made) ids.set(row.address_key ?? '', row.id)
  return ids
}

/** New subscriptions, each with its consent; and those whose fields or tags are others now. */
async function subscribe(
  db: Room['db'],
  of: { list: number; plan: Plan; ids: ReadonlyMap<string, number>; source: string; now: number },
): Promise<void> {
  const idOf = ({ person }: Planned): number => of.ids.get(person.key) ?? 0
  const all = [...of.plan.fresh, ...of.plan.changed]
  if (all.length > 0) {
    await db
      .insertInto('subscription')
      .values(
        all.map((one) => ({
          list_id: of.list,
          subscriber_id: idOf(one),
          state: 'subscribed' as const,
          changed_at: of.now,
          ...one.own,
        })),
      )
      // State and date stay: who has paused is not brought back by what a file says of them.
      .onConflict((c) =>
        c.columns(['list_id', 'subscriber_id']).doUpdateSet({ fields: sql`excluded.fields`, tags: sql`excluded.tags` }),
      )
      .execute()
  }
  await keepConsent(
    db,
    of.plan.fresh.map((one) => ({ list: of.list, subscriber: idOf(one), act: 'imported', source: of.source })),
    of.now,
  )
}
