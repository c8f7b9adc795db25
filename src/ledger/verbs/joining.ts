/**
 * Opt-in, and a change of address: asked first, and done when whoever reads mail there has said yes. Who has asked and
 * not confirmed is a `sign_up` and no subscriber: nothing is sent to them but the question, and the row goes after a
 * while.
 */
import { type Evidence, keepConsent, setState } from './consent.ts'
import { BULK, type Room } from './room.ts'

interface Applicant {
  readonly address: string
  /** The comparison key of parseAddress, and its keyed hash. */
  readonly key: string
  readonly hash: string
}

export type Asking =
  /** `before`: when the same was asked last and not confirmed, so that nobody is mailed twice in a minute. */
  | { readonly outcome: 'asked'; readonly signUp: number; readonly before: number | null }
  /** They are on the list: there is nothing to ask. */
  | { readonly outcome: 'subscribed'; readonly subscriber: number }
  /** Never to be written to, not even to ask. */
  | { readonly outcome: 'suppressed' }
  | { readonly outcome: 'no-list' }

/** A sign-up: asked once or again, for a list that is there. Who left or paused may ask, and who was erased too. */
export async function ask(
  { db }: Room,
  args: Applicant & Evidence & { listId: number; name: string | null; language: string | null },
): Promise<Asking> {
  const list = await db.selectFrom('list').select('id').where('id', '=', args.listId).executeTakeFirst()
  if (!list) return { outcome: 'no-list' }
  if (await isSuppressed(db, args.key)) return { outcome: 'suppressed' }
  const there = await db
    .selectFrom('subscriber as p')
    .innerJoin('subscription as s', (join) => join.onRef('s.subscriber_id', '=', 'p.id').on('s.list_id', '=', list.id))
    .where('p.address_key', '=', args.key)
    .where('s.state', '=', 'subscribed')
    .select('p.id')
    .executeTakeFirst()
  if (there) return { outcome: 'subscribed', subscriber: there.id }
  const open = await db
    .selectFrom('sign_up')
    .where('address_key', '=', args.key)
    .where('list_id', '=', list.id)
    .where('confirmed_at', 'is', null)
    .select(['id', 'asked_at'])
    .executeTakeFirst()
  return await keepSignUp(db, open ?? null, {
    ...signUpRow(args),
    list_id: list.id,
    subscriber_id: null,
    name: args.name,
    language: args.language,
  })
}

/** A change of address: asked at the new one, which nobody else has; `confirm` makes it. */
export async function changeAddress(
  { db }: Room,
  args: Applicant & Evidence & { subscriber: number },
): Promise<Asking | { readonly outcome: 'unknown' }> {
  const person = await db.selectFrom('subscriber').selectAll().where('id', '=', args.subscriber).executeTakeFirst()
  if (!person || person.address_key === null) return { outcome: 'unknown' }
  if (person.address_key === args.key) return { outcome: 'subscribed', subscriber: person.id }
  if (await isSuppressed(db, args.key)) return { outcome: 'suppressed' }
  const open = await db
    .selectFrom('sign_up')
    .where('subscriber_id', '=', person.id)
    .where('list_id', 'is', null)
    .where('confirmed_at', 'is', null)
    .select(['id', 'asked_at', 'address_key'])
    .execute()
  const same = open.find((one) => one.address_key === args.key) ?? null
  // Only the last address that was asked for can become theirs.
  const others = open.filter((one) => one !== same).map(({ id }) => id)
  if (others.length > 0) await db.deleteFrom('sign_up').where('id', 'in', others).execute()
  return await keepSignUp(db, same, {
    ...signUpRow(args),
    list_id: null,
    subscriber_id: person.id,
    name: null,
    language: null,
  })
}

const signUpRow = (args: Applicant & Evidence) => ({
  address: args.address,
  address_key: args.key,
  hash: args.hash,
  text: args.text,
  text_language: args.textLanguage,
  source: args.source,
  asked_at: args.now,
  confirmed_at: null,
})

async function keepSignUp(
  db: Room['db'],
  open: { id: number; asked_at: number } | null,
  row: ReturnType<typeof signUpRow> & {
    list_id: number | null
    subscriber_id: number | null
    name: string | null
    language: string | null
  },
): Promise<Asking> {
  if (open) {
    await db.updateTable('sign_up').set(row).where('id', '=', open.id).execute()
    return { outcome: 'asked', signUp: open.id, before: open.asked_at }
  }
  const made = await db.insertInto('sign_up').values(row).returning('id').executeTakeFirstOrThrow()
  return { outcome: 'asked', signUp: made.id, before: null }
}

async function isSuppressed(db: Room['db'], key: string): Promise<boolean> {
  const row = await db.selectFrom('suppression').select('at').where('address_key', '=', key).executeTakeFirst()
  return row !== undefined
}

/** What a confirmation page may show before anybody presses; null once it is gone. */
export interface SignUp {
  readonly address: string
  readonly list: string | null
  readonly listId: number | null
  readonly language: string | null
  readonly textLanguage: string
  readonly askedAt: number
  readonly confirmedAt: number | null
}

export async function signUp({ db }: Room, args: { id: number }): Promise<SignUp | null> {
  const row = await db
    .selectFrom('sign_up as a')
    .leftJoin('list as l', 'l.id', 'a.list_id')
    .where('a.id', '=', args.id)
    .select(['a.address', 'l.name as list', 'a.list_id', 'a.language', 'a.text_language', 'a.asked_at'])
    .select('a.confirmed_at')
    .executeTakeFirst()
  if (!row) return null
  return {
    address: row.address,
    list: row.list,
    listId: row.list_id,
    language: row.language,
    textLanguage: row.text_language,
    askedAt: row.asked_at,
    confirmedAt: row.confirmed_at,
  }
}

export type Confirmation =
  | { readonly outcome: 'confirmed' | 'again'; readonly subscriber: number; readonly listId: number | null }
  /** Somebody else on our lists has the new address. */
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'suppressed' }

/**
 * They have said yes: now, and not before, they are on the list, also where they had left it or had been erased. A
 * second yes changes nothing. Null for a sign-up that is gone.
 */
export async function confirm(
  { db }: Room,
  args: { signUp: number; source: string; now: number },
): Promise<Confirmation | null> {
  // Read by a write that changes nothing: of two yeses at once the second waits, and finds what the first has done.
  const row = await db
    .updateTable('sign_up')
    .set((e) => ({ asked_at: e.ref('asked_at') }))
    .where('id', '=', args.signUp)
    .returningAll()
    .executeTakeFirst()
  if (!row) return null
  if (row.confirmed_at !== null) return { outcome: 'again', subscriber: row.subscriber_id ?? 0, listId: row.list_id }
  if (await isSuppressed(db, row.address_key)) return { outcome: 'suppressed' }
  const known = await db
    .selectFrom('subscriber')
    .select('id')
    .where('address_key', '=', row.address_key)
    .executeTakeFirst()
  if (row.list_id === null && known) return { outcome: 'taken' }
  const id = row.list_id === null ? await moved(db, row) : (known?.id ?? (await made(db, row, args.now)))
  if (id === null) return null
  if (row.list_id !== null) await setState(db, { listId: row.list_id, subscriber: id, state: 'subscribed', ...args })
  const of = { list: row.list_id, subscriber: id, text: row.text, language: row.text_language }
  await keepConsent(
    db,
    [
      { ...of, act: 'asked', source: row.source, at: row.asked_at },
      { ...of, act: row.list_id === null ? 'changed' : 'confirmed', source: args.source },
    ],
    args.now,
  )
  await db.deleteFrom('erased_address').where('hash', '=', row.hash).execute()
  await db.updateTable('sign_up').set({ confirmed_at: args.now, subscriber_id: id }).where('id', '=', row.id).execute()
  return { outcome: 'confirmed', subscriber: id, listId: row.list_id }
}

async function made(
  db: Room['db'],
  row: { address: string; address_key: string; name: string | null; language: string | null },
  now: number,
): Promise<number> {
  const { address, address_key, name, language } = row
  const made = await db
    .insertInto('subscriber')
    .values({ address, address_key, name, language, created_at: now, erased_at: null })
    .returning('id')
    .executeTakeFirstOrThrow()
  return made.id
}

/** Null where the person was erased meanwhile. */
async function moved(
  db: Room['db'],
  row: { subscriber_id: number | null; address: string; address_key: string },
): Promise<number | null> {
  const done = await db
    .updateTable('subscriber')
    .set({ address: row.address, address_key: row.address_key })
    .where('id', '=', row.subscriber_id ?? 0)
    .where('address_key', 'is not', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows) > 0 ? row.subscriber_id : null
}

/** Deletes sign-ups that were asked before a moment, confirmed or not (their evidence stays): at most BULK. Gives how many. */
export async function sweepUnconfirmed({ db }: Room, args: { before: number }): Promise<number> {
  const old = db.selectFrom('sign_up').select('id').where('asked_at', '<', args.before).limit(BULK)
  const gone = await db.deleteFrom('sign_up').where('id', 'in', old).executeTakeFirst()
  return Number(gone.numDeletedRows)
}
