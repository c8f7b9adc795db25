/**
 * How a mailing comes to be. One to a list is opened, frozen page by page, and published in the one commit that makes it
 * visible; what a crash leaves before that is nobody's. One to a few runs from the commit that takes it.
 */
import type { Kind, LinkChange, LinkTerms } from '../../edition/index.ts'
import type { Look } from '../../links/index.ts'
import type { FrozenRow, Role, Selection } from '../words.ts'
import { linkId } from './editions.ts'
import { BULK, type Room } from './room.ts'
import { chunkRow, deliveryRow } from './rows.ts'

export interface NewMailing {
  readonly kind: Kind
  readonly edition: number
  readonly listId: number | null
  /** Where it goes to more than one list as it stands. */
  readonly selection?: Selection | null
  readonly series: string | null
  readonly dueAt: number
  readonly expiresAt: number
  readonly now: number
  readonly corrects: {
    readonly mailing: number
    readonly edition: number
    readonly changes: readonly LinkChange[]
    /** Of the mailing's links, those it is for: all else in `changes` is by the way. */
    readonly links?: readonly number[]
    readonly domain?: string | null
    readonly origin?: 'auto' | 'hand'
  } | null
  /** An estimate for a corrigendum, whose audience is frozen when its notice has passed. */
  readonly audience: number
  /** The links of a corrigendum are watched from here on; an announcement's from `publish`. */
  readonly watch?: readonly WatchStart[]
}

/** Opens a mailing. An announcement is invisible until `publish`; a corrigendum is scheduled, its audience still open. */
export async function openMailing({ db }: Room, args: NewMailing): Promise<number> {
  const row = await db
    .insertInto('mailing')
    .values({
      kind: args.kind,
      edition_id: args.edition,
      list_id: args.listId,
      selection: args.selection ? JSON.stringify(args.selection) : null,
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
      held_by: null,
      line_at: null,
      domain: args.corrects?.domain ?? null,
      origin: args.corrects?.origin ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await startWatch(db, { mailing: row.id, watch: args.watch ?? [], now: args.now })
  for (const link of args.corrects?.links ?? []) {
    await db.insertInto('answers').values({ corrigendum_id: row.id, link_id: link }).execute()
  }
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
    .values(args.rows.map((row) => deliveryRow(args.mailing, row, args.now)))
    .onConflict((c) => c.doNothing())
    .execute()
}

export interface WatchStart {
  readonly href: string
  readonly terms: LinkTerms | null
  readonly dueAt: number | null
  readonly baseline: Look | null
}

/** The one commit that makes a mailing visible: its chunks, its watch, its time, and its state. */
export async function publish(
  { db }: Room,
  args: {
    mailing: number
    audience: number
    chunkSize: number
    now: number
    /** Unset: the time it was opened with. */
    dueAt?: number
    watch: readonly WatchStart[]
  },
): Promise<void> {
  const chunks = []
  for (let first = 1; first <= args.audience; first += args.chunkSize) {
    const last = Math.min(first + args.chunkSize - 1, args.audience)
    chunks.push(chunkRow(args.mailing, { first, last, role: 'reader' }, args.now))
  }
  for (let at = 0; at < chunks.length; at += BULK) {
    await db
      .insertInto('chunk')
      .values(chunks.slice(at, at + BULK))
      .execute()
  }
  await startWatch(db, args)
  await db
    .updateTable('mailing')
    .set({ state: 'scheduled', audience: args.audience, published_at: args.now })
    .$if(args.dueAt !== undefined, (q) => q.set({ due_at: args.dueAt ?? 0 }))
    .where('id', '=', args.mailing)
    .execute()
}

export async function startWatch(
  db: Room['db'],
  args: { mailing: number; watch: readonly WatchStart[]; now: number },
): Promise<void> {
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
}

/** A mailing that runs from this commit on, in one chunk: nothing of it is frozen beforehand, confirmed or proved. */
export async function openRunning(
  db: Room['db'],
  of: {
    kind: Kind
    edition: number
    role: Role
    now: number
    expiresAt: number
    rows: readonly { address: string; fields: Readonly<Record<string, string>>; subscriber: number | null }[]
  },
): Promise<number> {
  const { kind, edition, role, now, rows } = of
  const { id: mailing } = await db
    .insertInto('mailing')
    .values({
      kind,
      edition_id: edition,
      state: 'running',
      audience: rows.length,
      created_at: now,
      published_at: now,
      due_at: now,
      started_at: now,
      expires_at: of.expiresAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const row = { role, inReplyTo: null, references: [] }
  await db
    .insertInto('delivery')
    .values(rows.map((one, at) => deliveryRow(mailing, { ...row, ...one, n: at + 1 }, now)))
    .execute()
  await db
    .insertInto('chunk')
    .values(chunkRow(mailing, { first: 1, last: rows.length, role }, now))
    .execute()
  return mailing
}

/** Takes back a mailing that was never published. */
export async function discard({ db }: Room, args: { mailing: number }): Promise<void> {
  const row = await db.selectFrom('mailing').select('state').where('id', '=', args.mailing).executeTakeFirst()
  if (row?.state !== 'publishing') return
  await db.deleteFrom('delivery').where('mailing_id', '=', args.mailing).execute()
  await db.deleteFrom('mailing').where('id', '=', args.mailing).execute()
}

/** Takes back mailings that were opened before a moment and never published: a crash left them. A page a call; false when none is left. */
export async function discardAbandoned({ db }: Room, args: { before: number }): Promise<boolean> {
  const left = await db
    .selectFrom('mailing')
    .select('id')
    .where('state', '=', 'publishing')
    .where('created_at', '<', args.before)
    .limit(1)
    .executeTakeFirst()
  if (!left) return false
  const page = db.selectFrom('delivery').select('n').where('mailing_id', '=', left.id).orderBy('n').limit(BULK)
  const gone = await db
    .deleteFrom('delivery')
    .where('mailing_id', '=', left.id)
    .where('n', 'in', page)
    .executeTakeFirst()
  if (Number(gone.numDeletedRows) < BULK) await db.deleteFrom('mailing').where('id', '=', left.id).execute()
  return true
}
