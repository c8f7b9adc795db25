/** Editions, certificates, and the life of a mailing up to the point where lanes take over. */
import { sql } from 'kysely'
import type { Edition, Kind, LinkChange, LinkTerms } from '../../edition/index.ts'
import type { Look } from '../../links/index.ts'
import {
  type Counts,
  DELIVERY_STATES,
  type FrozenRow,
  type Holder,
  type Mailing,
  type MailingState,
  type StoredEdition,
} from '../words.ts'
import { readerOf } from './people.ts'
import { BULK, type Room } from './room.ts'

/** Stores an edition once (by digest) with its links and places; gives its id. */
export async function saveEdition({ db }: Room, args: { edition: Edition; now: number }): Promise<number> {
  const { digest, source, list, kind, language, subject } = args.edition
  const known = await db.selectFrom('edition').select('id').where('digest', '=', digest).executeTakeFirst()
  if (known) return known.id
  const { source: _, digest: __, list: ___, ...content } = args.edition
  const { id } = await db
    .insertInto('edition')
    .values({
      digest,
      kind,
      language,
      subject,
      list,
      content: JSON.stringify(content),
      source: JSON.stringify(source),
      created_at: args.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const place of args.edition.places) {
    await db
      .insertInto('place')
      .values({
        edition_id: id,
        part: place.part,
        n: place.n,
        link_id: await linkId(db, place.link),
        words: place.words,
      })
      .execute()
  }
  return id
}

async function linkId(db: Room['db'], href: string): Promise<number> {
  const known = await db.selectFrom('link').select('id').where('href', '=', href).executeTakeFirst()
  if (known) return known.id
  const made = await db.insertInto('link').values({ href }).returning('id').executeTakeFirstOrThrow()
  return made.id
}

export async function edition({ db }: Room, args: { id: number }): Promise<StoredEdition> {
  const row = await db.selectFrom('edition').selectAll().where('id', '=', args.id).executeTakeFirstOrThrow()
  return {
    ...(JSON.parse(row.content) as Omit<StoredEdition, 'id' | 'digest' | 'list' | 'source'>),
    id: row.id,
    digest: row.digest,
    list: row.list,
    source: JSON.parse(row.source) as StoredEdition['source'],
  }
}

/** The gate's word that an edition is sound, with the looks it rests on. Only publishing's gate calls this. */
export async function certify(
  { db }: Room,
  args: { digest: string; at: number; looks: readonly { href: string; look: Look }[] },
): Promise<void> {
  await db
    .insertInto('certificate')
    .values({ digest: args.digest, at: args.at })
    .onConflict((c) => c.column('digest').doUpdateSet({ at: args.at }))
    .execute()
  for (const { href, look } of args.looks) {
    await db
      .insertInto('look')
      .values({
        link_id: await linkId(db, href),
        at: look.at,
        slot: null,
        verdict: look.verdict,
        detail: JSON.stringify(look),
      })
      .execute()
  }
}

export interface NewMailing {
  readonly kind: Kind
  readonly edition: number
  readonly listId: number | null
  readonly series: string | null
  readonly dueAt: number
  readonly expiresAt: number
  readonly now: number
  readonly corrects: {
    readonly mailing: number
    readonly edition: number
    readonly changes: readonly LinkChange[]
  } | null
  /** An estimate for a corrigendum, whose audience is frozen when its notice has passed. */
  readonly audience: number
}

/** Opens a mailing. An announcement is invisible until `publish`; a corrigendum is scheduled, its audience still open. */
export async function openMailing({ db }: Room, args: NewMailing): Promise<number> {
  const row = await db
    .insertInto('mailing')
    .values({
      kind: args.kind,
      edition_id: args.edition,
      list_id: args.listId,
      state: args.corrects ? 'scheduled' : 'publishing',
      state_why: null,
      audience: args.audience,
      series: args.series,
      created_at: args.now,
      published_at: null,
      due_at: args.dueAt,
      started_at: null,
      finished_at: null,
      expires_at: args.expiresAt,
      corrects_mailing: args.corrects?.mailing ?? null,
      corrects_edition: args.corrects?.edition ?? null,
      changes: args.corrects ? JSON.stringify(args.corrects.changes) : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Adds rows to the audience: at most BULK. A person who is already in it is left as they are. */
export async function freeze(
  { db }: Room,
  args: { mailing: number; rows: readonly FrozenRow[]; now: number },
): Promise<void> {
  if (args.rows.length > BULK) throw new Error(`freeze takes at most ${BULK} rows at a time`)
  if (args.rows.length === 0) return
  await db
    .insertInto('delivery')
    .values(
      args.rows.map((row) => ({
        mailing_id: args.mailing,
        n: row.n,
        role: row.role,
        subscriber_id: row.subscriber,
        address: row.address,
        fields: JSON.stringify(row.fields),
        in_reply_to: row.inReplyTo,
        refs: row.references.join(' '),
        state: 'pending',
        state_at: args.now,
        tries: 0,
      })),
    )
    .onConflict((c) => c.doNothing())
    .execute()
}

/** How far an unfinished freeze came: nothing is frozen twice after a crash. */
export async function frozen(
  { db }: Room,
  args: { mailing: number },
): Promise<{ lastN: number; lastSubscriber: number }> {
  const row = await db
    .selectFrom('delivery')
    .select(['n', 'subscriber_id'])
    .where('mailing_id', '=', args.mailing)
    .orderBy('n', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { lastN: row?.n ?? 0, lastSubscriber: row?.subscriber_id ?? 0 }
}

export interface WatchStart {
  readonly href: string
  readonly terms: LinkTerms | null
  readonly dueAt: number | null
  readonly baseline: Look | null
}

/** The one commit that makes a mailing visible: its chunks, its watch, and its state. */
export async function publish(
  { db }: Room,
  args: { mailing: number; audience: number; chunkSize: number; now: number; watch: readonly WatchStart[] },
): Promise<void> {
  const chunks = []
  for (let first = 1; first <= args.audience; first += args.chunkSize) {
    const last = Math.min(first + args.chunkSize - 1, args.audience)
    const rows = last - first + 1
    chunks.push({
      mailing_id: args.mailing,
      first_n: first,
      last_n: last,
      role: 'reader',
      due_at: args.now,
      pending: rows,
      ...ZERO,
    })
  }
  for (let at = 0; at < chunks.length; at += BULK) {
    await db
      .insertInto('chunk')
      .values(chunks.slice(at, at + BULK))
      .execute()
  }
  for (const { href, terms, dueAt, baseline } of args.watch) {
    await db
      .insertInto('watch')
      .values({
        mailing_id: args.mailing,
        link_id: await linkId(db, href),
        published_at: args.now,
        due_at: dueAt,
        state: 'alive',
        since: null,
        cause: null,
        terms: terms ? JSON.stringify(terms) : null,
        baseline: baseline ? JSON.stringify(baseline) : null,
        answer: null,
        corrigendum_id: null,
      })
      .onConflict((c) => c.doNothing())
      .execute()
  }
  await db
    .updateTable('mailing')
    .set({ state: 'scheduled', audience: args.audience, published_at: args.now })
    .where('id', '=', args.mailing)
    .execute()
}

const ZERO = {
  epoch: 0,
  handed: 0,
  accepted: 0,
  deferred: 0,
  rejected: 0,
  uncertain: 0,
  bounced: 0,
  suppressed: 0,
  cancelled: 0,
  expired: 0,
}

/** Takes back a mailing that was never published. */
export async function discard({ db }: Room, args: { mailing: number }): Promise<void> {
  const row = await db.selectFrom('mailing').select('state').where('id', '=', args.mailing).executeTakeFirst()
  if (row?.state !== 'publishing') return
  await db.deleteFrom('delivery').where('mailing_id', '=', args.mailing).execute()
  await db.deleteFrom('mailing').where('id', '=', args.mailing).execute()
}

/** Scheduled mailings whose time has come. `frozen` false: a corrigendum whose audience is still open. */
export async function dueMailings({ db }: Room, args: { now: number }): Promise<{ id: number; frozen: boolean }[]> {
  const rows = await db
    .selectFrom('mailing')
    .select(['id', 'published_at'])
    .where('state', '=', 'scheduled')
    .where('due_at', '<=', args.now)
    .orderBy('due_at')
    .limit(20)
    .execute()
  return rows.map((row) => ({ id: row.id, frozen: row.published_at !== null }))
}

/** scheduled → running. False when it is not scheduled (any more). An audience of nobody is done at once. */
export async function begin({ db }: Room, args: { mailing: number; now: number }): Promise<boolean> {
  const row = await db
    .updateTable('mailing')
    .set({ state: sql<string>`case when audience = 0 then 'done' else 'running' end` })
    .set({ started_at: sql<number>`coalesce(started_at, ${args.now})` })
    .set({ finished_at: sql<number | null>`case when audience = 0 then ${args.now} else null end` })
    .where('id', '=', args.mailing)
    .where('state', '=', 'scheduled')
    .where('published_at', 'is not', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** The holders of one edition of a mailing who may still be written to, after delivery `after`: at most BULK. */
export async function holders(
  { db }: Room,
  args: { mailing: number; edition: number; after: number },
): Promise<Holder[]> {
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .innerJoin('subscriber as p', 'p.id', 'd.subscriber_id')
    .leftJoin('subscription as s', (join) =>
      join.onRef('s.list_id', '=', 'm.list_id').onRef('s.subscriber_id', '=', 'd.subscriber_id'),
    )
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('d.mailing_id', '=', args.mailing)
    .where('d.n', '>', args.after)
    .where('d.role', '=', 'reader')
    .where('d.edition_id', '=', args.edition)
    .where('d.state', 'in', ['accepted', 'uncertain'])
    .where('x.at', 'is', null)
    .where('p.address', 'is not', null)
    .where((e) => e.or([e('m.list_id', 'is', null), e('s.state', '=', 'subscribed')]))
    .select(['d.n', 'p.id', 'p.address', 'p.name', 'p.language', 'd.fields'])
    .orderBy('d.n')
    .limit(BULK)
    .execute()
  // The copy is merged again from what was merged then: a corrigendum repeats the letter, it does not update it.
  return rows.map((row) => ({
    ...readerOf(row),
    n: row.n,
    fields: { ...(JSON.parse(row.fields) as Record<string, string>), address: row.address ?? '' },
  }))
}

/** How many hold an edition of a mailing, whether or not they may still be written to; and how many rows are open. */
export async function held({ db }: Room, args: { mailing: number }): Promise<{ edition: number; holders: number }[]> {
  const rows = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', args.mailing)
    .where('role', '=', 'reader')
    .where('edition_id', 'is not', null)
    .where('state', 'in', ['accepted', 'uncertain'])
    .groupBy('edition_id')
    .select(['edition_id', sql<number>`count(*)`.as('holders')])
    .execute()
  return rows.flatMap((row) =>
    row.edition_id === null ? [] : [{ edition: row.edition_id, holders: Number(row.holders) }],
  )
}

/** Stops a mailing at the next commit. Only a running or scheduled one can be held. */
export async function hold({ db }: Room, args: { mailing: number; why: string }): Promise<MailingState | null> {
  return await turn(db, args.mailing, ['running', 'scheduled'], { state: 'held', state_why: args.why })
}

/** Lets a held mailing go on: it is scheduled again, due at once. */
export async function resume({ db }: Room, args: { mailing: number }): Promise<MailingState | null> {
  return await turn(db, args.mailing, ['held'], { state: 'scheduled', state_why: null })
}

/** Changes state where it is one of `from`; gives the state it was in, or null where there is no such mailing. */
async function turn(
  db: Room['db'],
  id: number,
  from: MailingState[],
  to: { state: MailingState; state_why: string | null; finished_at?: number },
): Promise<MailingState | null> {
  const row = await db.selectFrom('mailing').select('state').where('id', '=', id).executeTakeFirst()
  if (!row) return null
  const was = row.state as MailingState
  if (from.includes(was)) await db.updateTable('mailing').set(to).where('id', '=', id).execute()
  return was
}

/** Ends a mailing. What was handed stays as it is; every row that had not left becomes cancelled. */
export async function cancel(
  { db }: Room,
  args: { mailing: number; why: string; now: number },
): Promise<MailingState | null> {
  const was = await turn(db, args.mailing, ['publishing', 'scheduled', 'running', 'held'], {
    state: 'cancelled',
    state_why: args.why,
    finished_at: args.now,
  })
  return was
}

/** Turns the open rows of a cancelled mailing, at most one chunk a call; true while there are more. */
export async function sweepCancelled({ db }: Room, args: { mailing: number; now: number }): Promise<boolean> {
  const chunk = await db
    .selectFrom('chunk')
    .innerJoin('mailing', 'mailing.id', 'chunk.mailing_id')
    .where('mailing.id', '=', args.mailing)
    .where('mailing.state', '=', 'cancelled')
    .where('chunk.due_at', 'is not', null)
    .select(['chunk.id', 'chunk.first_n', 'chunk.last_n'])
    .limit(1)
    .executeTakeFirst()
  if (!chunk) return false
  await closeOpenRows(db, { ...chunk, mailing: args.mailing, to: 'cancelled', now: args.now })
  await db.updateTable('chunk').set({ due_at: null }).where('id', '=', chunk.id).execute()
  return true
}

/** pending and deferred rows of a chunk → cancelled or expired, with the chunk's counts in the same commit. */
export async function closeOpenRows(
  db: Room['db'],
  args: { id: number; first_n: number; last_n: number; mailing: number; to: 'cancelled' | 'expired'; now: number },
): Promise<void> {
  for (const from of ['pending', 'deferred'] as const) {
    const moved = await db
      .updateTable('delivery')
      .set({ state: args.to, state_at: args.now })
      .where('mailing_id', '=', args.mailing)
      .where('n', '>=', args.first_n)
      .where('n', '<=', args.last_n)
      .where('state', '=', from)
      .executeTakeFirst()
    const rows = Number(moved.numUpdatedRows)
    await sql`update chunk set ${sql.ref(from)} = ${sql.ref(from)} - ${rows}, ${sql.ref(args.to)} = ${sql.ref(args.to)} + ${rows}
      where id = ${args.id}`.execute(db)
  }
  await db.deleteFrom('retry').where('chunk_id', '=', args.id).execute()
}

export async function mailing({ db }: Room, args: { id: number }): Promise<Mailing | null> {
  const row = await mailingRows(db).where('m.id', '=', args.id).executeTakeFirst()
  return row ? mailingOf(row) : null
}

/** The newest mailings first; publishing ones are not visible. */
export async function mailings({ db }: Room, args: { limit: number }): Promise<Mailing[]> {
  const rows = await mailingRows(db)
    .where('m.state', '!=', 'publishing')
    .orderBy('m.id', 'desc')
    .limit(args.limit)
    .execute()
  return rows.map(mailingOf)
}

/** Readers by state. The sums stand in `chunk`, written with the rows themselves. */
export async function counts({ db }: Room, args: { mailing: number }): Promise<Counts> {
  const row = await db
    .selectFrom('chunk')
    .where('mailing_id', '=', args.mailing)
    .where('role', '=', 'reader')
    .select(DELIVERY_STATES.map((state) => sql<number>`coalesce(sum(${sql.ref(state)}), 0)`.as(state)))
    .executeTakeFirstOrThrow()
  return Object.fromEntries(DELIVERY_STATES.map((state) => [state, Number(row[state])])) as Counts
}

export function mailingRows(db: Room['db']) {
  return db
    .selectFrom('mailing as m')
    .innerJoin('edition as e', 'e.id', 'm.edition_id')
    .leftJoin('list as l', 'l.id', 'm.list_id')
    .select([
      'm.id',
      'm.kind',
      'm.edition_id',
      'e.subject',
      'e.language',
      'l.name as list',
      'm.list_id',
      'm.state',
      'm.state_why',
      'm.audience',
      'm.published_at',
      'm.due_at',
      'm.started_at',
      'm.finished_at',
      'm.corrects_mailing',
      'm.corrects_edition',
    ])
}

export function mailingOf(row: {
  id: number
  kind: string
  edition_id: number
  subject: string
  language: string
  list: string | null
  list_id: number | null
  state: string
  state_why: string | null
  audience: number
  published_at: number | null
  due_at: number
  started_at: number | null
  finished_at: number | null
  corrects_mailing: number | null
  corrects_edition: number | null
}): Mailing {
  return {
    id: row.id,
    kind: row.kind as Kind,
    edition: row.edition_id,
    subject: row.subject,
    language: row.language,
    list: row.list,
    listId: row.list_id,
    state: row.state as MailingState,
    stateWhy: row.state_why,
    audience: row.audience,
    publishedAt: row.published_at,
    dueAt: row.due_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    corrects: row.corrects_mailing,
    correctsEdition: row.corrects_edition,
  }
}
