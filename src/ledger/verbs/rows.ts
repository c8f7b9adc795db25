/** Rows as several verbs read and write them. */
import { sql } from 'kysely'
import type { Kind, LinkChange, LinkTerms } from '../../edition/index.ts'
import type { Cause, Look } from '../../links/index.ts'
import type {
  Counts,
  FieldValues,
  FrozenRow,
  Mailing,
  MailingState,
  Reader,
  Role,
  Selection,
  Watched,
  WatchState,
} from '../words.ts'
import type { Room } from './room.ts'

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
      'm.held_by',
      'm.holds',
      'm.domain',
      'm.origin',
      'm.changes',
      'm.slipped',
      'm.selection',
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
  held_by: string | null
  holds: number
  domain: string | null
  origin: string | null
  changes: string | null
  slipped: number | null
  selection: string | null
}): Mailing {
  const selection = row.selection === null ? null : (JSON.parse(row.selection) as Selection)
  return {
    id: row.id,
    kind: row.kind as Kind,
    edition: row.edition_id,
    subject: row.subject,
    language: row.language,
    list: selection === null ? row.list : selection.lists.join(', '),
    listId: row.list_id,
    selection,
    state: row.state as MailingState,
    stateWhy: row.state_why,
    slipped: row.slipped,
    audience: row.audience,
    publishedAt: row.published_at,
    dueAt: row.due_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    corrects: row.corrects_mailing,
    correctsEdition: row.corrects_edition,
    heldBy: row.held_by === 'line' ? 'line' : null,
    holds: row.holds,
    domain: row.domain,
    origin: row.origin as Mailing['origin'],
    changes: row.changes === null ? [] : (JSON.parse(row.changes) as LinkChange[]),
  }
}

/** Of a delivery d of a mailing m, the list through which they get it: of a mailing to several, the delivery knows. */
export const throughList = sql<number | null>`coalesce(d.list_id, m.list_id)`

export const deliveryRow = (mailing: number, row: FrozenRow, now: number) => ({
  mailing_id: mailing,
  n: row.n,
  role: row.role,
  subscriber_id: row.subscriber,
  list_id: row.list ?? null,
  address: row.address,
  fields: JSON.stringify(row.fields),
  in_reply_to: row.inReplyTo,
  refs: row.references.join(' '),
  state: 'pending',
  state_at: now,
  tries: 0,
})

/** A chunk of rows that are all pending, due at once. */
export const chunkRow = (mailing: number, of: { first: number; last: number; role: Role }, now: number) => ({
  mailing_id: mailing,
  first_n: of.first,
  last_n: of.last,
  role: of.role,
  due_at: now,
  epoch: 0,
  ...ZERO,
  pending: of.last - of.first + 1,
})

const ZERO: Counts = {
  pending: 0,
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

/** How many of a mailing's messages are in hand, as a value of an update of that mailing. */
export const inHandNow = sql<number>`(select coalesce(sum(c.handed), 0) from chunk c where c.mailing_id = mailing.id)`

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

export function watchRows(db: Room['db']) {
  return db
    .selectFrom('watch as w')
    .innerJoin('link as l', 'l.id', 'w.link_id')
    .innerJoin('mailing as wm', 'wm.id', 'w.mailing_id')
    .select((e) =>
      e
        .exists(
          e
            .selectFrom('place as wp')
            .whereRef('wp.link_id', '=', 'w.link_id')
            .whereRef('wp.edition_id', '=', 'wm.edition_id')
            .select('wp.n'),
        )
        .as('carried'),
    )
    .select(['wm.state as mailing_state', 'wm.held_by', 'w.dead_at', 'w.stalled_at'])
    .select([
      'w.mailing_id',
      'w.link_id',
      'l.href',
      'w.terms',
      'w.state',
      'w.since',
      'w.cause',
      'w.due_at',
      'w.published_at',
      'w.baseline',
      'w.answer',
      'w.corrigendum_id',
    ])
}

export function watchedOf(row: {
  mailing_id: number
  link_id: number
  href: string
  terms: string | null
  state: string
  since: number | null
  cause: string | null
  due_at: number | null
  published_at: number
  baseline: string | null
  answer: string | null
  corrigendum_id: number | null
  dead_at: number | null
  stalled_at: number | null
  mailing_state: string
  held_by: string | null
  carried: unknown
}): Watched {
  return {
    mailing: row.mailing_id,
    link: row.link_id,
    href: row.href,
    terms: row.terms === null ? null : (JSON.parse(row.terms) as LinkTerms),
    state: row.state as WatchState,
    since: row.since,
    cause: row.cause as Cause | null,
    dueAt: row.due_at,
    publishedAt: row.published_at,
    baseline: row.baseline === null ? null : (JSON.parse(row.baseline) as Look),
    answer: row.answer as Watched['answer'],
    corrigendum: row.corrigendum_id,
    deadAt: row.dead_at,
    stalledAt: row.stalled_at,
    mailingState: row.mailing_state as MailingState,
    heldBy: row.held_by === 'line' ? 'line' : null,
    // SQLite says 1, PostgreSQL true.
    carried: Boolean(row.carried),
  }
}

export function readerOf(row: {
  id: number
  list_id: number | null
  address: string | null
  name: string | null
  language: string | null
  /** FieldValues as JSON: the person's own. */
  fields: string
}): Reader {
  const fields: Record<string, string> = { ...(row.fields === '{}' ? {} : mergeable(row.fields)) }
  fields.address = row.address ?? ''
  if (row.name) fields.name = row.name
  if (row.language) fields.language = row.language
  return {
    subscriber: row.id,
    list: row.list_id,
    address: row.address ?? '',
    name: row.name,
    language: row.language,
    fields,
  }
}

/** What a letter merges: `{{#if member}}` is false for an empty text alone, so that is what `false` becomes. */
const mergeable = (json: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(JSON.parse(json) as FieldValues).map(([name, value]) => [
      name,
      value === false ? '' : value === true ? 'yes' : String(value),
    ]),
  )
